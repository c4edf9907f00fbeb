// Where to try next: the ranked gaps, each with its best places.

import { $, el } from "./dom.js";
import { cellName, stopName } from "./places.js";
import { isPresenting, may, shownStops, store } from "./store.js";
import { language, number, percent, say } from "./texts.js";
import { change, view } from "./view.js";

export function showNext() {
  const { gaps } = store;
  $("next-part").hidden = !may.need;
  if (!may.need) return;
  $("next-hint").textContent = gaps?.length ? say("next_hint") : say("no_figures");
  $("next-more").hidden = !view.printing || !gaps?.length;
  const focused = document.activeElement?.dataset.gap;
  $("next").replaceChildren(...(gaps ?? []).map(item));
  if (focused !== undefined) $("next").querySelector(`[data-gap="${focused}"]`)?.focus({ preventScroll: true });
}

function item(gap) {
  const button = el(
    "button",
    { type: "button", "data-gap": gap.cell, "aria-pressed": String(view.selected === gap.cell), onclick: () => change({ selected: gap.cell }) },
    el("span", { class: "rank", text: String(gap.rank) }),
    el("span", { class: "where", text: cellName(gap.cell) ?? say("cell", { code: gap.cell }) }),
    el("span", { class: "why", text: why(gap) }),
    hope(gap) && el("span", { class: "hope", text: hope(gap) }),
  );
  return el("li", {}, button);
}

export const why = (gap) =>
  say("gap_why", { n: number(gap.people), covered: percent(gap.covered_share), ago: ago(gap.days_since_last_visit) });

const ago = (days) => (days === null ? say("never_near") : say("n_days_ago", { n: number(days) }));

/** The best known places for a gap; before others only those that are announced. */
export function bestPlaces(gap) {
  const announced = new Set(shownStops().map((stop) => stop.id));
  return gap.places.filter((place) => !isPresenting() || announced.has(place.id));
}

/** In the reader's language, where the list of stops knows it. */
function nameOf(place) {
  const stop = shownStops().find((one) => one.id === place.id);
  return stop ? stopName(stop) : place.name;
}

/** A place with how many children it would add. */
export const placeSaid = (place) =>
  say("best_place", { place: nameOf(place), n: number(place.adds), metres: number(place.distance_m), status: say(`status_${place.status}`) });

/** Of gaps with the same best place: their ranks together, as its people are those of all of them. */
export function sharing(gap) {
  const [best] = bestPlaces(gap);
  return best ? store.gaps.filter((other) => bestPlaces(other)[0]?.id === best.id).map(({ rank }) => rank) : [];
}

export const ranksSaid = (ranks) => ranks.map((rank) => number(rank)).join(language() === "en" ? ", " : "・");

/** The first of them, or that none is known yet; what several gaps share has its people said once. */
export function hope(gap) {
  const [best] = bestPlaces(gap);
  const ranks = sharing(gap);
  if (ranks.length > 1 && gap.rank !== ranks[0]) return say("best_as", { rank: number(ranks[0]), place: nameOf(best) });
  if (ranks.length > 1) return say("best_shared", { place: nameOf(best), n: number(best.adds), ranks: ranksSaid(ranks) });
  if (best) return say("best_first", { place: nameOf(best), n: number(best.adds) });
  return gap.ground ? say("no_place", { n: number(gap.ground.adds) }) : null;
}
