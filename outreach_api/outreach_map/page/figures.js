// Figures by cell or named area, a column each. Sums over weeks are made here, so that the time bar asks nobody.

import { addedUp } from "./mesh.js";
import { mondayOf, weeksBefore } from "./weeks.js";

/** Keys with columns of numbers; NaN is what nobody knows. */
export class Figures {
  constructor(keys) {
    this.keys = keys;
    this.rowOf = new Map(keys.map((key, row) => [key, row]));
    this.columns = {};
  }

  /** A column, made when it is not there yet. */
  column(name, empty = NaN) {
    this.columns[name] ??= new Float64Array(this.keys.length).fill(empty);
    return this.columns[name];
  }

  of(key) {
    const row = this.rowOf.get(key);
    if (row === undefined) return null;
    return Object.fromEntries(Object.entries(this.columns).map(([name, column]) => [name, column[row]]));
  }
}

/** Cells of need (or null, for those who don't see it) together with cells that were visited. */
export function cellFigures(need, reach) {
  const needed = need === null ? [] : addedUp(need.cells);
  const visited = addedUp(reach.cells);
  const figures = new Figures([...new Set([...needed, ...visited])].sort((a, b) => a - b));
  if (need !== null) {
    addNeed(figures, needed, need.columns, need.summary.population_basis === "target");
  }
  figures.visited = visited.map((code) => figures.rowOf.get(code));
  return figures;
}

/** People of the basis, how many of them no stop came near, and the like; by the keys of the answer. */
export function addNeed(figures, keys, columns, byTarget) {
  const people = figures.column("people");
  const missed = figures.column("missed");
  const covered = figures.column("covered");
  const rate = figures.column("rate");
  const counted = byTarget ? columns.target : columns.population;
  keys.forEach((key, at) => {
    const row = figures.rowOf.get(key);
    people[row] = counted[at] ?? NaN;
    covered[row] = columns.covered_share[at] ?? NaN;
    rate[row] = columns.reach_rate?.[at] ?? NaN;
    missed[row] = people[row] * (1 - covered[row]);
  });
  if (columns.against?.covered_share.some((share) => share !== null)) addNeedThen(figures, keys, columns.against.covered_share);
}

/** The same of the other day. */
function addNeedThen(figures, keys, shares) {
  const { people } = figures.columns;
  const covered = figures.column("covered_then");
  const missed = figures.column("missed_then");
  keys.forEach((key, at) => {
    const row = figures.rowOf.get(key);
    covered[row] = shares[at] ?? NaN;
    missed[row] = people[row] * (1 - covered[row]);
  });
}

/** Figures of named areas in a period that ends in `week`, and in the one that it is compared with (or null). */
export function areaFigures(now, then, week) {
  const keys = now.ids.map(keyOfArea);
  const figures = new Figures(keys);
  figures.visited = [];
  figures.names = new Map(keys.map((key, at) => [key, now.columns.name[at]]));
  addNeed(figures, keys, now.columns, now.summary.population_basis === "target");
  const since = figures.column("since");
  const monday = mondayOf(week);
  now.columns.last_visit_day.forEach((day, row) => (since[row] = day === null ? NaN : Math.max(0, weeksBefore(monday, day))));
  addCounts(figures, keys, now.columns, "");
  if (then !== null) {
    addNeedThen(figures, keys, then.columns.covered_share);
    addCounts(figures, then.ids.map(keyOfArea), then.columns, "_then");
  }
  return figures;
}

/** Areas have codes as stops have ids; a key says which it is of. */
export const keyOfArea = (code) => `area ${code}`;

function addCounts(figures, keys, { visits, attendance }, suffix) {
  const columns = { visits, attendance: attendance.total, came: attendance.children };
  for (const [name, values] of Object.entries(columns)) {
    const column = figures.column(name + suffix, 0);
    keys.forEach((key, at) => (column[figures.rowOf.get(key)] = values[at]));
  }
}

/** Fill the columns of a window of weeks (numbers, both included); `suffix` names another window's. */
export function addReach(figures, reach, first, last, suffix = "") {
  const sums = ["visits", "attendance", "came"].map((name) => figures.column(name + suffix, 0).fill(0));
  const since = suffix ? null : figures.column("since").fill(NaN);
  const { week, cell, visits, attendance, children } = reach.columns;
  const monday = mondayOf(reach.weeks[last]);
  if (since !== null) {
    reach.columns.last_day_before.forEach((day, at) => {
      if (day !== null) since[figures.visited[at]] = weeksBefore(monday, day);
    });
  }
  for (let at = 0; at < week.length; at += 1) {
    if (week[at] > last) continue;
    const row = figures.visited[cell[at]];
    if (since !== null && visits[at] > 0) {
      const ago = last - week[at];
      if (!(since[row] <= ago)) since[row] = ago;
    }
    if (week[at] < first) continue;
    sums[0][row] += visits[at];
    sums[1][row] += attendance[at];
    sums[2][row] += children[at];
  }
}

/** By how much each sum is more than in the other window. */
export function addDifferences(figures) {
  for (const name of ["visits", "attendance", "came", "covered", "missed"]) {
    const [now, then] = [figures.columns[name], figures.columns[`${name}_then`]];
    if (then === undefined) continue;
    const more = figures.column(`${name}_more`);
    more.forEach((_, row) => (more[row] = now[row] - then[row]));
  }
}
