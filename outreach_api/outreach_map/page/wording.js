// How figures are said: with their unit, for a legend, a cell or a table.

import { isCompared, MEASURES } from "./measures.js";
import { basis } from "./store.js";
import { number, percent, say } from "./texts.js";
import { view } from "./view.js";

/** "12", "34%", "+5": short enough for a cell. */
export function short(value, unit = MEASURES[view.measure].unit, signed = isCompared(view)) {
  if (Number.isNaN(value)) return "–";
  if (unit === "share" && !signed) return percent(value);
  if (unit === "share") return `${value > 0 ? "+" : ""}${number(value * 100)}pt`;
  const text = number(value, unit === "rate" ? 1 : 0);
  return signed && value > 0 ? `+${text}` : text;
}

/** With its unit: "12 people", "3 weeks ago". */
export function long(value, unit = MEASURES[view.measure].unit, signed = isCompared(view)) {
  if (Number.isNaN(value)) return say(unit === "weeks" ? "never" : "unknown");
  if (unit === "share") return percent(value);
  if (unit === "weeks" && value === 0) return say("this_week");
  return say(`n_${unit}`, { n: short(value, unit, signed) });
}

/** The numbers that a class stands for. */
export function range({ low, high }, { unit, whole }) {
  const write = (value) => short(value, unit, false);
  if (whole && high !== null) {
    const [least, most] = [low ?? 1, high - 1];
    return least === most ? write(least) : say("to", { low: write(least), high: write(most) });
  }
  if (low === null && high === null) return say("some");
  if (unit === "weeks") {
    if (high === null) return say("weeks_from", { n: low });
    return low === 0 ? say("weeks_under", { n: high }) : say("weeks_between", { low, high });
  }
  if (low === null) return say("under", { n: write(high) });
  if (high === null) return say("from", { n: write(low) });
  return say("between", { low: write(low), high: write(high) });
}

/** The same where two periods are compared: the sign is said in words. */
export function rangeOfChange({ low, high }, unit) {
  const write = (value) => (unit === "share" ? say("points", { n: number(Math.abs(value) * 100) }) : short(Math.abs(value), unit, false));
  if (low === high) return say("as_before");
  if (low === null) return say("much_less", { n: write(high) });
  if (high === null) return say("much_more", { n: write(low) });
  return low < 0 ? say("bit_less", { n: write(low) }) : say("bit_more", { n: write(high) });
}

/** What the colours say, such as "children who live here". */
export function measureName(name = view.measure) {
  const ofResidents = basis() === "residents" && ["people", "missed", "covered"].includes(name);
  return say(`m_${name}${ofResidents ? "_residents" : ""}`);
}
