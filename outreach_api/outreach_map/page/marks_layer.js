// What stands on the cells: outlines, catchments, visits, stops by how long ago, gaps with their ranks, what is chosen.

import { trace } from "./areas_layer.js";
import { CanvasLayer } from "./canvas_layer.js";
import { INK, PAPER, STOP } from "./colours.js";
import { COVERAGE_WEEKS, GAP_WEEKS } from "./measures.js";
import { boundsOf } from "./mesh.js";

export const STOP_SIZE = 7;
const METRES_PER_DEGREE = 110_950; // of latitude, around Tokyo

/**
 * `shown()` gives {outlines, stops, visits, catchment, gaps, selected, ways, mode}; what is not wanted is null or empty.
 * Selected is a cell's code or an area's rings; ways lead from a gap to its best places.
 */
export const marksLayer = (shown, options) =>
  new CanvasLayer((context, project, box) => {
    const { outlines, stops, visits, catchment, gaps, selected, ways, mode } = shown();
    outlines.forEach((polygons) => border(context, project, polygons, mode, 2));
    if (catchment !== null) stops.filter(isCovering).forEach((stop) => circle(context, project, stop, catchment, mode));
    gaps.forEach((gap) => outline(context, project, gap.cell, mode, 2.5));
    if (typeof selected === "number") outline(context, project, selected, mode, 4.5);
    else if (selected !== null) border(context, project, selected, mode, 4.5);
    if (ways !== null) drawWays(context, project, ways, mode);
    visits.forEach((visit) => drawVisit(context, project(visit.lat, visit.lng), visit.size, mode));
    for (const stop of stops) {
      const at = project(stop.lat, stop.lng);
      if (box.contains(at)) drawStop(context, at, stop, mode);
    }
    // Where they are close together, the first lies on top.
    [...gaps].reverse().forEach((gap) => badge(context, project, gap, mode));
  }, options);

/** Whether a stop was held so lately that its catchment counts as covered. */
export const isCovering = (stop) => stop.days !== null && stop.days <= COVERAGE_WEEKS * 7;

/** full: lately; half: some time ago; empty: so long ago that a gap counts in full, or never. */
export const fillOf = (stop) => {
  if (isCovering(stop)) return "full";
  return stop.days !== null && stop.days <= GAP_WEEKS * 7 ? "half" : "empty";
};

/** A stop as on the map; the legend draws its examples with it, too. */
export function drawStop(context, { x, y }, stop, mode) {
  const fill = fillOf(stop);
  context.lineWidth = 5;
  context.strokeStyle = PAPER[mode];
  ring(context, x, y, STOP_SIZE);
  context.stroke();
  context.fillStyle = PAPER[mode];
  context.fill();
  context.fillStyle = STOP[mode];
  if (fill !== "empty") {
    context.beginPath();
    context.arc(x, y, STOP_SIZE, fill === "full" ? 0 : Math.PI / 2, fill === "full" ? 2 * Math.PI : (3 * Math.PI) / 2);
    context.fill();
  }
  context.lineWidth = 2.5;
  context.strokeStyle = STOP[mode];
  // Not agreed (yet, or any more): a broken ring.
  context.setLineDash(stop.status === "agreed" ? [] : [3, 3]);
  ring(context, x, y, STOP_SIZE);
  context.stroke();
  context.setLineDash([]);
}

function ring(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function border(context, project, polygons, mode, width) {
  trace(context, project, polygons);
  context.lineWidth = width;
  context.lineJoin = "round";
  context.strokeStyle = INK[mode];
  context.stroke();
}

function circle(context, project, stop, metres, mode) {
  const centre = project(stop.lat, stop.lng);
  drawCatchment(context, centre, centre.y - project(stop.lat + metres / METRES_PER_DEGREE, stop.lng).y, mode);
}

export function drawCatchment(context, { x, y }, radius, mode) {
  ring(context, x, y, radius);
  context.globalAlpha = 0.1;
  context.fillStyle = STOP[mode];
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.strokeStyle = STOP[mode];
  context.stroke();
  context.setLineDash([]);
}

export function drawVisit(context, { x, y }, size, mode) {
  ring(context, x, y, size);
  context.globalAlpha = 0.55;
  context.fillStyle = mode === "dark" ? "#ffd166" : "#7a4a00";
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1;
  context.strokeStyle = PAPER[mode];
  context.stroke();
}

function outline(context, project, code, mode, width) {
  const { south, west, north, east } = boundsOf(code);
  const [low, high] = [project(south, west), project(north, east)];
  const inset = width / 2;
  const box = [low.x + inset, high.y + inset, high.x - low.x - width, low.y - high.y - width];
  context.lineWidth = width + 2;
  context.strokeStyle = PAPER[mode];
  context.strokeRect(...box);
  context.lineWidth = width;
  context.strokeStyle = INK[mode];
  context.strokeRect(...box);
}

/** Lines from the middle of a gap to where one could stop for it; a cross where no place is known yet. */
function drawWays(context, project, { from, to, ground }, mode) {
  const start = project(from.lat, from.lng);
  context.lineWidth = 3;
  context.strokeStyle = INK[mode];
  context.setLineDash([2, 4]);
  context.beginPath();
  for (const place of to) {
    const end = project(place.lat, place.lng);
    context.moveTo(start.x, start.y);
    context.lineTo(end.x, end.y);
  }
  context.stroke();
  context.setLineDash([]);
  if (ground === null) return;
  const { x, y } = project(ground.lat, ground.lng);
  context.beginPath();
  for (const way of [-1, 1]) {
    context.moveTo(x - 7, y - 7 * way);
    context.lineTo(x + 7, y + 7 * way);
  }
  context.stroke();
}

/** The rank of a gap, in the corner of its cell. */
function badge(context, project, { cell, rank }, mode) {
  const { north, west } = boundsOf(cell);
  const { x, y } = project(north, west);
  drawBadge(context, x + 2, y + 2, rank, mode);
}

export function drawBadge(context, x, y, rank, mode) {
  ring(context, x, y, 11);
  context.fillStyle = INK[mode];
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = PAPER[mode];
  context.stroke();
  context.fillStyle = PAPER[mode];
  context.font = "700 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(rank), x, y + 0.5);
}
