// What was asked of the server, and what follows from it for what is looked at.

import { ask } from "./api.js";
import { addDifferences, addReach, cellFigures } from "./figures.js";
import { addedUp } from "./mesh.js";
import { token } from "./session.js";
import { view } from "./view.js";
import { daysBefore, windowOf } from "./weeks.js";

const YEARS_BACK = 2;
const MOST_GAPS = 10;
// Of coverage, besides people: what nobody looks at need not travel.
const DRAWN = "covered_share,reach_rate";
const MICRO = 1_000_000;
export const today = document.body.dataset.today;

/** What this role may ask. */
export const may = { need: true, points: true };

export const store = { weeks: [], reach: null, need: null, stops: null, visits: null, gaps: null, outlines: null, figures: null };

export const setRole = (role) => Object.assign(may, { need: role !== "crew", points: role !== "reporter" });

const level = () => view.level;

export async function loadReach(box = null) {
  const from = daysBefore(today, YEARS_BACK * 364 - 1);
  const asked = { from_day: from, to_day: today, level: level(), bbox: box };
  const found = await ask(token(), "/v1/map/weeks", asked, { name: "weeks" });
  store.reach = { ...found, columns: found.columns ?? found };
  store.weeks = store.reach.weeks;
}

export async function loadNeed(box = null) {
  if (!may.need) return;
  const asked = { on: period().last, level: level(), bbox: box };
  const counting = (people) =>
    orNone(ask(token(), "/v1/map/coverage", { ...asked, columns: `${people},${DRAWN}` }, { name: "coverage" }));
  // Whom it counts the answer says; only where no children are known it is all residents.
  const need = await counting("target");
  store.need = need?.summary.population_basis === "total" ? await counting("population") : need;
}

export async function loadGaps() {
  if (!may.need) return;
  const asked = { on: period().last, level: level(), limit: MOST_GAPS };
  const found = await orNone(ask(token(), "/v1/map/gaps", asked, { compact: false, name: "gaps" }));
  store.gaps = (found?.features ?? []).map(({ id, properties }) => ({ cell: Number(id), ...properties }));
}

export async function loadStops() {
  if (!may.points) return;
  const { first, last } = period();
  const found = await ask(token(), "/v1/map/stops", { from_day: first, to_day: last }, { name: "stops" });
  store.stops = points(found, ({ days_since_last_visit: days, attendance, ...said }) => ({
    ...said,
    days,
    attendance: attendance.total,
    children: attendance.children,
  }));
}

export async function loadVisits() {
  if (!may.points || !view.layers.visits) return;
  const { first, last } = period();
  const found = await ask(token(), "/v1/map/visits", { from_day: first, to_day: last }, { name: "visits" });
  store.visits = points(found, ({ attendance, ...said }) => ({ ...said, attendance: attendance.total }));
}

export async function loadOutlines() {
  store.outlines = await ask(token(), "/v1/map/outlines", {}, { compact: false, name: "outlines" });
}

/** Nothing was imported yet: there is nothing to show, and that is no fault. */
const orNone = (asked) => asked.catch((fault) => (fault.code === "population_missing" ? null : Promise.reject(fault)));

function points(found, made) {
  const [lats, lons] = [addedUp(found.lat), addedUp(found.lon)];
  return found.ids.map((id, at) => ({ id, lat: lats[at] / MICRO, lng: lons[at] / MICRO, ...made(rowOf(found.columns, at)) }));
}

const rowOf = (columns, at) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, Array.isArray(column) ? column[at] : rowOf(column, at)]),
  );

/** The days looked at, both included. */
export const period = (last = view.last) => windowOf(store.weeks, last, view.length, today);

/** Figures of all cells, made anew when other answers came. */
export function makeFigures() {
  store.figures = cellFigures(store.need, store.reach);
  sumUp();
}

/** The sums of the weeks looked at. */
export function sumUp() {
  const { figures, reach } = store;
  addReach(figures, reach, view.last - view.length + 1, view.last);
  if (view.compare) {
    addReach(figures, reach, view.against - view.length + 1, view.against, "_then");
    addDifferences(figures);
  }
}

/** Stops and visits that may be shown now; before others only what is announced anyway. */
export const shownStops = () =>
  (store.stops ?? []).filter((stop) => !(view.presenting || view.printing) || stop.publicity === "public");

export function shownVisits() {
  if (!view.layers.visits) return [];
  const places = new Set(shownStops().map((stop) => stop.id));
  return (store.visits ?? []).filter((visit) => places.has(visit.stop_id));
}

export const basis = () => (store.need?.summary.population_basis === "total" ? "residents" : "children");

