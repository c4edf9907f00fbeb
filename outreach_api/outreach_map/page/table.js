// The table twin: everything that is drawn, in rows that can be sorted, read aloud and reached by keyboard.

import { $, el, fillSelect } from "./dom.js";
import { columnOf, isCompared, MEASURES, measuresFor, PRESENTED } from "./measures.js";
import { bestPlaces, hope, placeSaid, ranksSaid, sharing } from "./next.js";
import { groundName, stopName } from "./places.js";
import { areAreas, may, period, shownStops, shownVisits, store } from "./store.js";
import { day, number, say } from "./texts.js";
import { change, view } from "./view.js";
import { long, measureName, short } from "./wording.js";

const ROWS = 50;
// So that the tables are one page of A4, with or without that of the numbers on the map.
const [ON_PAPER, ON_PAPER_BELOW] = [20, 6];
const sorted = { by: null, down: true };
let first = 0;

export function startTable() {
  $("table-toggle").addEventListener("click", () => change({ tableOpen: !view.tableOpen }));
  $("table-of").addEventListener("change", ({ target }) => {
    sorted.by = null;
    first = 0;
    change({ tableOf: target.value });
  });
}

export function showTable() {
  const open = view.tableOpen || view.printing;
  $("table-toggle").setAttribute("aria-expanded", String(view.tableOpen));
  $("table-of-part").hidden = !open;
  $("table").hidden = !open;
  if (!open) return;
  const kinds = Object.keys(TABLES).filter((name) => TABLES[name].seen());
  if (!kinds.includes(view.tableOf)) return change({ tableOf: kinds[0] });
  fillSelect($("table-of"), kinds.map((name) => [name, tableName(name)]), view.tableOf);
  const { columns, by, down, rows } = sortedRows(view.tableOf, sorted);
  if (first >= rows.length || view.printing) first = 0;
  const above = numbered(kinds);
  const size = !view.printing ? ROWS : above.length > 0 ? ON_PAPER_BELOW : ON_PAPER;
  const shown = rows.slice(first, first + size);
  const focused = document.activeElement?.dataset?.sort ?? document.activeElement?.dataset?.row;
  $("table").replaceChildren(
    ...above,
    region(view.tableOf, tableOf({ kind: view.tableOf, columns, by, down, rows: shown, all: rows.length })),
    pager(rows.length, shown.length),
  );
  if (focused !== undefined) $("table").querySelector(`[data-sort="${CSS.escape(focused)}"], [data-row="${CSS.escape(focused)}"]`)?.focus();
}

/** The rows of a table in their order: as somebody sorted it, else by its first column of figures. */
function sortedRows(kind, wish) {
  const { columns: all, rows } = TABLES[kind].make();
  const columns = view.presenting ? all.filter(({ name, text }) => text || name === "code" || name === PRESENTED) : all;
  const by = columns.find((column) => column.name === wish.by) ?? columns.find((column) => column.first) ?? columns[0];
  const down = wish.by === null ? Boolean(by.down) : wish.down;
  const ordered = rows.map((row) => ({ row, value: by.value(row) })).sort((a, b) => compare(a.value, b.value));
  if (down) ordered.reverse();
  return { columns, by, down, rows: ordered.map(({ row }) => row) };
}

/** On paper every number that the map has stands in a table: the list beside it has room for the first ones only. */
function numbered(kinds) {
  if (!view.printing || view.tableOf === "gaps" || !kinds.includes("gaps")) return [];
  const whole = sortedRows("gaps", { by: null });
  return [region("gaps", tableOf({ kind: "gaps", ...whole, all: whole.rows.length }))];
}

const region = (kind, table) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": tableName(kind) }, table);

const tableName = (name) => (name === "ground" && areAreas() ? say("t_areas") : say(`t_${name}`));

/** What nobody knows comes last, however it is sorted downwards. */
function compare(a, b) {
  const [noA, noB] = [a === null || Number.isNaN(a), b === null || Number.isNaN(b)];
  if (noA || noB) return Number(noB) - Number(noA);
  return typeof a === "string" ? a.localeCompare(b, document.documentElement.lang) : a - b;
}

function tableOf({ kind, columns, by, down, rows, all }) {
  const { first: from, last } = period();
  const given = { what: tableName(kind), days: say("days", { from: day(from, true), to: day(last, true) }), n: number(all), shown: number(rows.length) };
  // A screen has a line below that says which rows these are.
  const caption = say(view.printing && rows.length < all ? "t_caption_first" : "t_caption", given);
  const head = columns.map((column) =>
    el(
      "th",
      { scope: "col", "aria-sort": column === by ? (down ? "descending" : "ascending") : null, class: column.text ? null : "number" },
      el("button", { type: "button", "data-sort": column.name, text: column.said, onclick: () => sortBy(column, by, down) }),
    ),
  );
  return el("table", {}, el("caption", { text: caption }), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows.map((row) => line(columns, row))));
}

function line(columns, row) {
  const chosen = view.selected !== null && view.selected === row.select;
  const cells = columns.map((column, at) => {
    if (at > 0) return el("td", { text: column.write(row), class: column.text ? null : "number" });
    const pick = { type: "button", "aria-pressed": String(chosen), "data-row": String(row.select), onclick: () => change({ selected: chosen ? null : row.select }) };
    return el("th", { scope: "row" }, el("button", { ...pick, text: column.write(row) }));
  });
  return el("tr", { class: chosen ? "chosen" : null }, ...cells);
}

function sortBy(column, by, down) {
  sorted.down = column === by ? !down : Boolean(column.down);
  sorted.by = column.name;
  first = 0;
  showTable();
}

function pager(all, shown) {
  const turn = (by) => () => {
    first = Math.max(0, first + by);
    showTable();
  };
  return el(
    "p",
    { class: "pager" },
    el("button", { type: "button", text: say("rows_before"), disabled: first === 0, onclick: turn(-ROWS) }),
    el("span", { text: say("rows", { from: number(Math.min(all, first + 1)), to: number(first + shown), all: number(all) }) }),
    el("button", { type: "button", text: say("rows_after"), disabled: first + shown >= all, onclick: turn(ROWS) }),
  );
}

/** A column of numbers, the largest first. */
const numbers = (name, said, value, unit, signed = false) => ({ name, said, value, down: true, write: (row) => (unit === "weeks" ? long(value(row), unit, false) : short(value(row), unit, signed)) });
const words = (name, said, value) => ({ name, said, value, write: (row) => value(row) ?? "–", text: true });

const TABLES = {
  ground: {
    seen: () => true,
    make() {
      const { figures } = store;
      const main = columnOf(view);
      const of = (name) => (row) => figures.columns[name][row.at];
      const columns = [words("name", say("t_cell"), (row) => (row.name ??= groundName(row.select)))];
      columns.push({ name: "code", said: say(areAreas() ? "t_area_code" : "t_code"), value: (row) => row.select, write: (row) => String(row.select).replace(/^area /, "") });
      if (isCompared(view) && figures.columns[main] !== undefined) columns.push({ ...numbers(main, say("t_change", { what: measureName() }), of(main), MEASURES[view.measure].unit, true), first: true });
      for (const name of measuresFor(may.need && store.need !== null, areAreas())) {
        const { column, unit } = MEASURES[name];
        columns.push({ ...numbers(column, measureName(name), of(column), unit), first: column === main });
        if (isCompared(view) && name === view.measure && figures.columns[`${column}_then`] !== undefined) columns.push(numbers(`${column}_then`, say("t_then", { what: measureName(name) }), of(`${column}_then`), unit));
      }
      const known = ["people", "visits", "since"].map((name) => figures.columns[name]).filter(Boolean);
      const rows = figures.keys.map((select, at) => ({ select, at })).filter(({ at }) => known.some((column) => column[at] > 0 || (column === figures.columns.since && column[at] === 0)));
      return { columns, rows };
    },
  },
  gaps: {
    seen: () => Boolean(store.gaps?.length) && !view.presenting,
    make: () => ({
      columns: [
        { ...words("name", say("t_cell"), (row) => groundName(row.select)) },
        { name: "rank", said: say("t_rank"), value: (row) => row.rank, write: (row) => number(row.rank), first: true, down: false },
        numbers("people", measureName("people"), (row) => row.people, "people"),
        numbers("covered", measureName("covered"), (row) => row.covered_share, "share"),
        numbers("days", say("t_days_since"), (row) => row.days_since_last_visit ?? NaN, "people"),
        numbers("gap", say("t_gap"), (row) => row.gap, "people"),
        words("best", say("best_places"), (row) => (view.printing ? hope(row) : bestPlaces(row).map(placeSaid).join(" / ") || hope(row))),
        ...(store.gaps.some((gap) => sharing(gap).length > 1) ? [words("shared", say("t_shared"), (row) => (sharing(row).length > 1 ? ranksSaid(sharing(row)) : null))] : []),
      ],
      rows: store.gaps.map((gap) => ({ ...gap, select: gap.cell })),
    }),
  },
  stops: {
    seen: () => store.stops !== null,
    make: () => ({
      columns: [
        words("name", say("t_stop"), stopName),
        words("status", say("stop_status"), (stop) => say(`status_${stop.status}`)),
        { ...numbers("days", say("t_days_since"), (stop) => stop.days ?? NaN, "people"), first: true },
        words("last", say("last_visit"), (stop) => stop.last_visit_day),
        numbers("visits", say("m_visits"), (stop) => stop.visits, "times"),
        numbers("attendance", say("m_attendance"), (stop) => stop.attendance, "people"),
        numbers("children", say("m_came"), (stop) => stop.children, "people"),
      ],
      rows: shownStops().map((stop) => ({ ...stop, select: stop.id })),
    }),
  },
  visits: {
    seen: () => store.stops !== null && view.layers.visits,
    make: () => ({
      columns: [
        words("name", say("t_stop"), (visit) => visit.stop_name),
        { ...words("day", say("t_day"), (visit) => visit.local_day), first: true, down: true },
        numbers("attendance", say("m_attendance"), (visit) => visit.attendance, "people"),
      ],
      rows: shownVisits().map((visit) => ({ ...visit, select: visit.stop_id })),
    }),
  },
};
