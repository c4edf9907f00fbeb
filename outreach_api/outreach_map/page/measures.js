// What a colour may show: which column of the figures, in which colours, cut where, and who may see it.

// Weeks since a visit: two, four, then when it no longer counts as covered, then when a gap counts in full.
const body = document.body.dataset;
export const COVERAGE_WEEKS = Math.round(Number(body.coverageDays) / 7);
export const GAP_WEEKS = Math.round(Number(body.gapFullDays) / 7);
export const CATCHMENT_M = Number(body.catchmentM);
const AGES = [...new Set([2, 4, COVERAGE_WEEKS, GAP_WEEKS])].sort((a, b) => a - b).slice(-4);

export const MEASURES = {
  people: { needs: true, column: "people", palette: "need", unit: "people" },
  missed: { needs: true, column: "missed", palette: "missed", unit: "people", comparable: true },
  covered: { needs: true, column: "covered", palette: "covered", unit: "share", breaks: [0.2, 0.4, 0.6, 0.8], comparable: true },
  since: { column: "since", palette: "fading", unit: "weeks", breaks: AGES, never: true },
  visits: { column: "visits", palette: "reach", unit: "times", whole: true, comparable: true },
  attendance: { column: "attendance", palette: "reach", unit: "people", whole: true, comparable: true },
  came: { column: "came", palette: "reach", unit: "people", whole: true, comparable: true },
  rate: { needs: true, column: "rate", palette: "reach", unit: "rate" },
};

/** What may be shown to others: who lives where was published by the census, what was counted leaves by /reach alone. */
export const PRESENTED = "people";

/** The measures that this role may look at: crews don't see need; of areas nobody reckons how many came of those near. */
export const measuresFor = (seesNeed, ofAreas) =>
  Object.keys(MEASURES).filter((name) => (seesNeed || !MEASURES[name].needs) && !(ofAreas && name === "rate"));

/** The column of the figures that is coloured: a difference when two periods are compared. */
export const columnOf = (view) => MEASURES[view.measure].column + (isCompared(view) ? "_more" : "");

export const isCompared = (view) => view.compare && Boolean(MEASURES[view.measure].comparable);
