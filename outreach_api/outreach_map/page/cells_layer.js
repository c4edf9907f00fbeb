// The coloured cells. They are drawn from whole steps of the mesh, so that 40,000 of them pan smoothly.

import { ROOM_FOR_A_NUMBER } from "./areas_layer.js";
import { CanvasLayer } from "./canvas_layer.js";
import { hatch, INK, inkOn } from "./colours.js";
import { cornerOf, latOf, lonOf } from "./mesh.js";

/** `shown()` gives {figures, values, scale, mode, never, write}, or null when there is nothing to show. */
export function cellsLayer(shown, options) {
  const corners = new WeakMap();
  const layer = new CanvasLayer((context, project, box, ratio) => {
    const now = shown();
    if (now === null) return;
    if (!corners.has(now.figures)) corners.set(now.figures, cornersOf(now.figures.keys));
    draw(context, project, box, ratio, now, corners.get(now.figures));
  }, options);
  return layer;
}

function cornersOf(keys) {
  const south = new Int32Array(keys.length);
  const west = new Int32Array(keys.length);
  keys.forEach((key, row) => ({ south: south[row], west: west[row] } = cornerOf(key)));
  return { south, west, span: keys.length ? cornerOf(keys[0]).span : 1 };
}

function draw(context, project, box, ratio, { values, scale, mode, never, write }, { south, west, span }) {
  const lines = new Map();
  const y = (steps) => remembered(lines, steps, () => project(latOf(steps), 140).y);
  const left = project(36, lonOf(0)).x;
  const perStep = (project(36, lonOf(32_000)).x - left) / 32_000;
  const width = perStep * span;
  const gap = width > 6 ? 1 : 0;
  const rows = scale.classes.map(() => []);
  const plain = [];
  const unknown = [];
  for (let row = 0; row < values.length; row += 1) {
    const x = left + perStep * west[row];
    if (x > box.max.x || x + width < box.min.x) continue;
    if (y(south[row]) < box.min.y || y(south[row] + span) > box.max.y) continue;
    const which = scale.classOf(values[row]);
    if (which >= 0) rows[which].push(row);
    else if (which === -2) plain.push(row);
    else if (never(row)) unknown.push(row);
  }
  const fill = (list, style) => {
    context.fillStyle = style;
    for (const row of list) {
      const top = y(south[row] + span);
      context.fillRect(left + perStep * west[row], top, width - gap, y(south[row]) - top - gap);
    }
  };
  context.globalAlpha = 0.86;
  rows.forEach((list, which) => fill(list, scale.classes[which].colour));
  context.globalAlpha = 0.07;
  fill(plain, INK[mode]);
  context.globalAlpha = 1;
  if (unknown.length > 0) fill(unknown, hatch(context, mode, ratio));
  if (width < ROOM_FOR_A_NUMBER) return;
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  rows.forEach((list, which) => {
    context.fillStyle = inkOn(scale.classes[which].colour);
    for (const row of list) {
      const top = y(south[row] + span);
      context.fillText(write(values[row]), left + perStep * (west[row] + span / 2), (top + y(south[row])) / 2);
    }
  });
}

function remembered(known, key, make) {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
