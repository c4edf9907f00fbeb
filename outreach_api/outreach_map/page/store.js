// What was asked of the server, and what follows from it for what is looked at.

import { ask, send } from "./api.js";
import { addDifferences, addReach, areaFigures, cellFigures, keyOfArea } from "./figures.js";
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

export const store = {
  weeks: [],
  reach: null,
  need: null,
  stops: null,
  visits: null,
  gaps: null,
  outlines: null,
  sets: [],
  areas: { now: null, then: null, shapes: new Map() },
  figures: null,
};

export const setRole = (role) => Object.assign(may, { need: role !== "crew", points: role !== "reporter" });

/** Named areas, or cells? Sums of cells, and where to try next, are of 500 m while areas are looked at. */
export const areAreas = () => typeof view.level === "string";
const level = () => (areAreas() ? 500 : view.level);

export async function loadReach(box = null) {
  const from = daysBefore(today, YEARS_BACK * 364 - 1);
  const asked = { from_day: from, to_day: today, level: level(), bbox: box };
  store.reach = await ask(token(), "/v1/map/weeks", asked, { name: "weeks" });
  store.weeks = store.reach.weeks;
}

export async function loadNeed(box = null) {
  if (!may.need) return;
  const asked = { on: period().last, level: level(), bbox: box };
  let drawn = DRAWN;
  if (view.compare) {
    asked.against_on = period(view.against).last;
    drawn += ",against.covered_share";
  }
  const counting = (people) =>
    orNone(ask(token(), "/v1/map/coverage", { ...asked, columns: `${people},${drawn}` }, { name: "coverage" }));
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

/** Figures of the named areas; their outlines only once. */
export async function loadAreas() {
  if (!areAreas()) return;
  const set = view.level;
  const of = ({ first, last }) => ({ set, from_day: first, to_day: last });
  const now = of(period());
  if (store.areas.set !== set) {
    const { features } = await ask(token(), "/v1/map/areas", now, { compact: false, name: "shapes" });
    const shapes = new Map(features.map(({ id, geometry }) => [keyOfArea(id), geometry.coordinates]));
    store.areas = { set, shapes, now: null, then: null };
  }
  const asked = [ask(token(), "/v1/map/areas", now, { name: "areas" })];
  if (view.compare) asked.push(ask(token(), "/v1/map/areas", of(period(view.against)), { name: "areas then" }));
  const [figures, then = null] = await Promise.all(asked);
  Object.assign(store.areas, { now: figures, then });
}

export async function loadAreaSets() {
  if (may.need) store.sets = (await send("GET", "/v1/map/area-sets", { token: token() })).items;
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
  const { now, then } = store.areas;
  store.figures = areAreas() ? areaFigures(now, view.compare ? then : null, store.weeks[view.last]) : cellFigures(store.need, store.reach);
  store.figures.ground = areAreas() ? store.areas.set : store.reach.level;
  sumUp();
}

/** The sums of the weeks looked at. */
export function sumUp() {
  const { figures, reach } = store;
  if (areAreas()) return view.compare ? addDifferences(figures) : undefined;
  addReach(figures, reach, view.last - view.length + 1, view.last);
  if (view.compare) {
    addReach(figures, reach, view.against - view.length + 1, view.against, "_then");
    addDifferences(figures);
  }
}

/** What came of all visits in the weeks looked at. */
export function totals() {
  const { week, ...columns } = store.reach.columns;
  const within = (at) => week[at] <= view.last && week[at] > view.last - view.length;
  const sum = (column) => column.reduce((total, value, at) => (within(at) ? total + value : total), 0);
  return { visits: sum(columns.visits), attendance: sum(columns.attendance), children: sum(columns.children) };
}

/** Stops and visits that may be shown now; before others only what is announced anyway: no host who has not agreed. */
export const shownStops = () =>
  (store.stops ?? []).filter((stop) => !isPresenting() || (stop.publicity === "public" && stop.status === "agreed"));

/** Others look on, now or on paper. */
export const isPresenting = () => view.presenting || view.printing;

export function shownVisits() {
  if (!view.layers.visits) return [];
  const places = new Set(shownStops().map((stop) => stop.id));
  return (store.visits ?? []).filter((visit) => places.has(visit.stop_id));
}

export const basis = () => (store.need?.summary.population_basis === "total" ? "residents" : "children");

