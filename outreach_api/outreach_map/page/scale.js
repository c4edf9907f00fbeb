// From numbers to classes: at most five, cut at round numbers, each with its colour and the numbers it stands for.

import { diverging, sequential } from "./colours.js";

const ROUND = [1, 1.5, 2, 3, 5, 7, 10];

/** The round number that is nearest to one above 0. */
export function rounded(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const best = ROUND.map((step) => step * power).reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
  return value < 10 ? Math.max(1, Math.round(best)) : Math.round(best);
}

/** Where to cut numbers above 0 so that as many lie in each part, at round numbers. */
export function cuts(values, parts) {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  const wanted = Array.from({ length: parts - 1 }, (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / parts)]);
  const found = [...new Set(wanted.map(rounded))];
  return found.filter((cut) => cut > sorted[0] && cut <= sorted[sorted.length - 1]);
}

/** Classes of a measure: {low, high, colour}, from low on and below high; `zero` is drawn faintly. */
export function scaleOf(measure, breaks, mode) {
  const edges = [measure.unit === "weeks" ? 0 : null, ...breaks, null];
  const colours = spread(sequential(measure.palette, mode), edges.length - 1);
  const classes = colours.map((colour, at) => ({ low: edges[at], high: edges[at + 1], colour }));
  const zeroIsNone = measure.unit !== "weeks";
  return {
    classes,
    classOf: (value) => {
      if (Number.isNaN(value)) return -1;
      if (zeroIsNone && value <= 0) return -2;
      return above(breaks, value);
    },
  };
}

/** Less, a little less, the same, a little more, more. */
export function differenceScale(edge, mode) {
  const [less, bitLess, same, bitMore, more] = diverging(mode);
  const classes = [
    { low: null, high: -edge, colour: less },
    { low: -edge, high: 0, colour: bitLess },
    { low: 0, high: 0, colour: same },
    { low: 0, high: edge, colour: bitMore },
    { low: edge, high: null, colour: more },
  ];
  const classOf = (value) => {
    if (Number.isNaN(value)) return -1;
    if (value === 0) return 2;
    if (value < 0) return value <= -edge ? 0 : 1;
    return value >= edge ? 4 : 3;
  };
  return { classes, classOf };
}

function above(breaks, value) {
  let at = 0;
  while (at < breaks.length && value >= breaks[at]) at += 1;
  return at;
}

/** As many of five colours as there are classes, always with the ends. */
function spread(colours, count) {
  if (count === 1) return [colours[3]];
  return Array.from({ length: count }, (_, at) => colours[Math.round((at * (colours.length - 1)) / (count - 1))]);
}
