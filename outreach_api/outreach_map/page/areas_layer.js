// Named areas, such as school districts, in the colours of their figures.

import { CanvasLayer } from "./canvas_layer.js";
import { hatch, INK, inkOn } from "./colours.js";

export const ROOM_FOR_A_NUMBER = 44; // pixels

/** `shown()` gives {keys, shapes, values, scale, mode, never, write}, or null; a shape is a GeoJSON MultiPolygon's rings. */
export const areasLayer = (shown, options) =>
  new CanvasLayer((context, project, box, ratio) => {
    const now = shown();
    if (now === null) return;
    const { keys, shapes, values, scale, mode, never, write } = now;
    context.lineJoin = "round";
    keys.forEach((key, row) => {
      trace(context, project, shapes.get(key) ?? []);
      const which = scale.classOf(values[row]);
      context.globalAlpha = which === -2 ? 0.07 : which === -1 ? 1 : 0.86;
      context.fillStyle = which >= 0 ? scale.classes[which].colour : which === -2 ? INK[mode] : hatch(context, mode, ratio);
      if (which !== -1 || never(row)) context.fill("evenodd");
      context.globalAlpha = 1;
      context.lineWidth = 1;
      context.strokeStyle = INK[mode];
      context.stroke();
    });
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    keys.forEach((key, row) => {
      const which = scale.classOf(values[row]);
      if (which < 0 || !shapes.has(key)) return;
      const { south, west, north, east } = boundsOfArea(shapes.get(key));
      const [low, high] = [project(south, west), project(north, east)];
      if (high.x - low.x < ROOM_FOR_A_NUMBER) return;
      context.fillStyle = inkOn(scale.classes[which].colour);
      context.fillText(write(values[row]), (low.x + high.x) / 2, (low.y + high.y) / 2);
    });
  }, options);

/** The rings of a MultiPolygon as the context's path. */
export function trace(context, project, polygons) {
  context.beginPath();
  for (const corners of polygons.flat()) {
    corners.forEach(([lng, lat], at) => {
      const { x, y } = project(lat, lng);
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
}

/** The key of the area that holds a place, or null: how often a line eastwards from it crosses an edge. */
export function areaAt(shapes, lat, lng) {
  for (const [key, polygons] of shapes) {
    let inside = false;
    for (const ring of polygons.flat()) {
      ring.forEach(([x, y], at) => {
        const [x2, y2] = ring[(at + 1) % ring.length];
        if (y > lat !== y2 > lat && lng < ((x2 - x) * (lat - y)) / (y2 - y) + x) inside = !inside;
      });
    }
    if (inside) return key;
  }
  return null;
}

/** {south, west, north, east} of an area. */
export function boundsOfArea(polygons) {
  const [lngs, lats] = [0, 1].map((axis) => polygons.flat(2).map((corner) => corner[axis]));
  const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b));
  const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
  return { south: least(lats), west: least(lngs), north: most(lats), east: most(lngs) };
}
