// Three figures above everything: whom we came near, how often we went, who came.

import { $, el } from "./dom.js";
import { basis, period, store, totals } from "./store.js";
import { days, number, percent, say } from "./texts.js";

export function showSummary() {
  const { need } = store;
  const { visits, attendance, children } = totals();
  const { first, last } = period();
  const lines = [];
  if (need !== null && need.summary.covered_share !== null) {
    const { covered_share: share, covered, target, population, window_days: window } = need.summary;
    const given = { n: number(covered), all: number(target ?? population), weeks: Math.round(window / 7) };
    lines.push(figure(percent(share), say(`s_covered_${basis()}`, given)));
  }
  lines.push(figure(say("n_times", { n: number(visits) }), say("s_visits", days(first, last))));
  lines.push(figure(say("n_people", { n: number(attendance) }), say("s_came", { n: number(children) })));
  $("summary").replaceChildren(el("ul", { class: "figures" }, ...lines));
}

const figure = (value, said) => el("li", {}, el("strong", { text: value }), el("span", { text: said }));
