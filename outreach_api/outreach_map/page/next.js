// Where to try next: the ranked gaps, each with its best places.

import { $, el } from "./dom.js";
import { cellName } from "./places.js";
import { may, store } from "./store.js";
import { number, percent, say } from "./texts.js";
import { change, view } from "./view.js";

export function showNext() {
  const { gaps } = store;
  $("next-part").hidden = !may.need;
  if (!may.need) return;
  $("next-hint").textContent = gaps?.length ? say("next_hint") : say("no_figures");
  $("next").replaceChildren(...(gaps ?? []).map(item));
}

function item(gap) {
  const button = el(
    "button",
    { type: "button", "aria-pressed": String(view.selected === gap.cell), onclick: () => change({ selected: gap.cell }) },
    el("span", { class: "rank", text: String(gap.rank) }),
    el("span", { class: "where", text: cellName(gap.cell) ?? say("cell", { code: gap.cell }) }),
    el("span", { class: "why", text: why(gap) }),
  );
  return el("li", {}, button);
}

export const why = (gap) =>
  say("gap_why", { n: number(gap.people), covered: percent(gap.covered_share), ago: ago(gap.days_since_last_visit) });

const ago = (days) => (days === null ? say("never_near") : say("n_days_ago", { n: number(days) }));

/** The best places for a gap, as lines of text. Which places are known is only for those who see points. */
export const bestPlaces = (gap) =>
  (gap.best_stops ?? (gap.best_stop ? [gap.best_stop] : [])).map((stop) =>
    say("best_place", { place: stop.name, metres: number(stop.distance_m), share: percent(stop.share_of_cell), status: say(`status_${stop.status}`) }),
  );
