// What is known of the cell or stop that somebody chose, over the map.

import { $, el } from "./dom.js";
import { bestPlaces, placeSaid, ranksSaid, sharing, why } from "./next.js";
import { codeOf, groundName, stopName } from "./places.js";
import { may, period, shownStops, store } from "./store.js";
import { day, days, language, number, say } from "./texts.js";
import { change, view } from "./view.js";
import { long, measureName } from "./wording.js";

export function startCard() {
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") change({ selected: null });
  });
}

export function showCard() {
  const card = $("card");
  const said = view.selected === null || view.presenting ? null : store.figures.rowOf.has(view.selected) || typeof view.selected === "number" ? ofGround(view.selected) : ofStop(view.selected);
  card.hidden = said === null;
  if (said === null) return;
  const close = el("button", { type: "button", class: "close", "aria-label": say("close"), text: "×", onclick: () => change({ selected: null }) });
  card.setAttribute("aria-label", said.title);
  card.replaceChildren(
    close,
    el("h2", { text: said.title }),
    ...(said.under ? [el("p", { class: "hint", text: said.under })] : []),
    ...said.more,
    el("dl", {}, ...said.facts.filter(([, value]) => value !== null).flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })])),
  );
}

function ofGround(key) {
  const figures = store.figures.of(key);
  if (figures === null) return null;
  const facts = [];
  if (may.need) {
    for (const name of ["people", "missed", "covered"]) facts.push([measureName(name), long(figures[name], name === "covered" ? "share" : "people", false)]);
  }
  facts.push([say("m_since"), long(figures.since, "weeks", false)]);
  for (const [name, unit] of [["visits", "times"], ["attendance", "people"], ["came", "people"]]) facts.push([say(`m_${name}`), long(figures[name], unit, false)]);
  const gap = store.gaps?.find((one) => one.cell === key);
  const more = [];
  if (gap) {
    more.push(el("p", { class: "gap", text: say("gap_no", { rank: gap.rank, why: why(gap) }) }));
    const places = bestPlaces(gap);
    const ranks = sharing(gap);
    if (places.length > 0) more.push(el("p", { text: say("best_places") }), el("ol", {}, ...places.map((place) => el("li", { text: placeSaid(place) }))));
    if (ranks.length > 1) more.push(el("p", { class: "hint", text: say("same_place", { ranks: ranksSaid(ranks) }) }));
    if (places.length === 0 && gap.ground) more.push(el("p", { text: say("no_place_but_here", { n: number(gap.ground.adds) }) }));
  }
  const { first, last } = period();
  const under = `${codeOf(key)} · ${say("days", days(first, last))}`;
  return { title: groundName(key), under, facts, more };
}

function ofStop(id) {
  const stop = shownStops().find((one) => one.id === id);
  if (stop === undefined) return null;
  const reading = language() === "en" ? stop.name : stop.kana;
  return {
    title: stopName(stop),
    under: reading && reading !== stopName(stop) ? reading : null,
    facts: [
      [say("stop_code"), stop.code],
      [say("stop_status"), say(`status_${stop.status}`)],
      [say("stop_publicity"), say(`publicity_${stop.publicity}`)],
      [say("last_visit"), stop.last_visit_day === null ? say("never") : `${day(stop.last_visit_day, true)} · ${say("n_days_ago", { n: stop.days })}`],
      [say("m_visits"), long(stop.visits, "times", false)],
      [say("m_attendance"), long(stop.attendance, "people", false)],
      [say("m_came"), long(stop.children, "people", false)],
    ],
    more: [],
  };
}
