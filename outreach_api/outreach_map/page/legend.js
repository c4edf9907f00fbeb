// The legend: what each colour stands for, in numbers, and how many cells have it.

import { hatch, INK, PAPER } from "./colours.js";
import { $, el } from "./dom.js";
import { drawBadge, drawCatchment, drawStop, drawVisit, fillOf } from "./marks_layer.js";
import { CATCHMENT_M, COVERAGE_WEEKS, GAP_WEEKS, isCompared, MEASURES } from "./measures.js";
import { areAreas, period, store } from "./store.js";
import { day, number, say } from "./texts.js";
import { view } from "./view.js";
import { measureName, range, rangeOfChange } from "./wording.js";

const SIZE = 22;

/**
 * `shown` is what the cells are drawn from; null when there is nothing. `stops` are those of which alone the marks are
 * explained (who is shown the map asks nobody about the others); null for all kinds of marks, which come and go with the weeks.
 */
export function showLegend(shown, mode, stops) {
  $("legend").replaceChildren(...(shown === null ? [el("p", { class: "hint", text: say("no_figures") })] : colours(shown, mode)));
  $("legend").append(symbols(mode, stops));
}

function colours({ values, scale, never }, mode) {
  const measure = MEASURES[view.measure];
  const counts = new Map();
  values.forEach((value, row) => {
    const which = scale.classOf(value);
    const key = which === -1 && !never(row) ? "nothing" : which;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  const rows = scale.classes.map((one, at) =>
    line(swatch((context) => colour(context, one.colour, mode)), isCompared(view) ? rangeOfChange(one, measure.unit) : range(one, measure), counts.get(at)),
  );
  if (counts.has(-2)) rows.push(line(swatch((context) => faint(context, mode)), say("none"), counts.get(-2)));
  if (counts.has(-1)) rows.push(line(swatch((context) => lines(context, mode)), say(measure.never ? "never" : "unknown"), counts.get(-1)));
  return [
    el("p", { class: "legend-title", text: measureName() }),
    el("p", { class: "hint", text: about(measure) }),
    ...(view.compare && !isCompared(view) ? [el("p", { class: "hint", text: say("not_compared") })] : []),
    el("ul", { class: "legend-lines" }, ...rows),
  ];
}

/** Of which days or which count the numbers are. */
function about(measure) {
  if (!measure.needs || isCompared(view)) {
    const said = (last) => say("days", { from: day(period(last).first, true), to: day(period(last).last, true) });
    return isCompared(view) ? say("compared", { now: said(view.last), then: said(view.against) }) : said(view.last);
  }
  const { on, window_days: days, radius_m: metres, target_label, import_label } = store.need.summary;
  const source = [target_label, import_label].filter(Boolean).join(" · ");
  return view.measure === "people" ? source : say("covered_means", { on: day(on, true), days, metres: number(metres), source });
}

const line = (picture, text, count) =>
  el("li", {}, picture, el("span", { text }), el("span", { class: "count", text: say(areAreas() ? "n_areas" : "n_cells", { n: number(count ?? 0) }) }));

function symbols(mode, stops) {
  const stop = (days, status = "agreed") => swatch((context) => drawStop(context, { x: SIZE / 2, y: SIZE / 2 }, { days, status }, mode));
  const one = (picture, text) => el("li", {}, picture, el("span", { text }));
  const rows = [];
  if (store.stops !== null && view.layers.stops) {
    const there = stops && new Set(stops.map(fillOf));
    const rings = [
      ["full", 0, say("stop_lately", { weeks: COVERAGE_WEEKS })],
      ["half", COVERAGE_WEEKS * 7 + 1, say("stop_before", { weeks: GAP_WEEKS })],
      ["empty", null, say("stop_long_ago", { weeks: GAP_WEEKS })],
    ];
    for (const [fill, days, said] of rings) {
      if (there === null || there.has(fill)) rows.push(one(stop(days), said));
    }
    if (stops === null || stops.some(({ status }) => status !== "agreed")) rows.push(one(stop(null, "talking"), say("stop_not_agreed")));
    if (view.layers.catchments) rows.push(one(swatch((context) => drawCatchment(context, { x: SIZE / 2, y: SIZE / 2 }, SIZE / 2 - 2, mode)), say("catchment", { metres: number(CATCHMENT_M) })));
  }
  if (view.layers.visits && store.visits !== null) rows.push(one(swatch((context) => drawVisit(context, { x: SIZE / 2, y: SIZE / 2 }, 5, mode)), say("visit_dot")));
  if (store.gaps?.length && view.layers.gaps) {
    rows.push(one(swatch((context) => drawBadge(context, SIZE / 2, SIZE / 2, 1, mode)), say("gap_rank")));
  }
  return el("ul", { class: "legend-lines symbols" }, ...rows);
}

function swatch(draw) {
  const ratio = 2;
  const canvas = el("canvas", { width: SIZE * ratio, height: SIZE * ratio, class: "swatch", "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context);
  return canvas;
}

function square(context, mode) {
  context.strokeStyle = INK[mode];
  context.globalAlpha = 0.5;
  context.strokeRect(1.5, 1.5, SIZE - 3, SIZE - 3);
  context.globalAlpha = 1;
}

function colour(context, fill, mode) {
  context.fillStyle = PAPER[mode];
  context.fillRect(1, 1, SIZE - 2, SIZE - 2);
  context.globalAlpha = 0.86;
  context.fillStyle = fill;
  context.fillRect(1, 1, SIZE - 2, SIZE - 2);
  context.globalAlpha = 1;
  square(context, mode);
}

function faint(context, mode) {
  context.globalAlpha = 0.07;
  context.fillStyle = INK[mode];
  context.fillRect(1, 1, SIZE - 2, SIZE - 2);
  context.globalAlpha = 1;
  square(context, mode);
}

function lines(context, mode) {
  context.fillStyle = hatch(context, mode, 2);
  context.fillRect(1, 1, SIZE - 2, SIZE - 2);
  square(context, mode);
}
