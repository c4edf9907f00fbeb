// The time bar: which weeks are looked at, step by step or playing, and which others they are compared with.

import { $, fillSelect, svg } from "./dom.js";
import { isCompared } from "./measures.js";
import { period, store } from "./store.js";
import { day, say } from "./texts.js";
import { change, view } from "./view.js";

const LENGTHS = [1, 2, 4, 8, 12, 26, 52];
const STEP_MS = 900;
const LEAST_WEEKS = 26;
let playing = null;

export function startTime() {
  $("week").addEventListener("input", ({ target }) => change({ last: Number(target.value) }));
  $("against").addEventListener("input", ({ target }) => change({ against: Number(target.value) }));
  $("back").addEventListener("click", () => step(-1));
  $("forward").addEventListener("click", () => step(1));
  $("play").addEventListener("click", () => (playing === null ? play() : stop()));
  $("length").addEventListener("change", ({ target }) => changeLength(Number(target.value)));
  $("compare").addEventListener("change", ({ target }) => change({ compare: target.checked, against: Math.max(0, view.last - view.length) }));
}

/** Two periods that just met still do: nobody wants to compare weeks with themselves. */
function changeLength(length) {
  const met = view.against === Math.max(0, view.last - view.length);
  change(met ? { length, against: Math.max(0, view.last - length) } : { length });
}

const lastWeek = () => store.weeks.length - 1;

function step(by) {
  stop();
  change({ last: Math.min(lastWeek(), Math.max(firstWeek(), view.last + by)) });
}

function play() {
  if (view.last >= lastWeek()) change({ last: Math.min(lastWeek(), firstWeek() + view.length - 1) });
  playing = setInterval(() => {
    if (view.last >= lastWeek()) stop();
    else change({ last: view.last + 1 });
  }, STEP_MS);
  showPlaying();
}

function stop() {
  clearInterval(playing);
  playing = null;
  showPlaying();
}

function showPlaying() {
  $("play").setAttribute("aria-pressed", String(playing !== null));
  $("play").textContent = playing === null ? "▶" : "❚❚";
}

/** The bar begins with the first visit that is known, but half a year ago at least. */
const firstWeek = () => store.reach.columns.week.reduce((least, week) => Math.min(least, week), Math.max(0, lastWeek() + 1 - LEAST_WEEKS));

export function showTime() {
  showPlaying();
  fillSelect($("length"), LENGTHS.map((count) => [count, say("n_length", { n: count })]), view.length);
  showSlider("week", "period", view.last);
  $("against-part").hidden = !isCompared(view);
  $("compare").checked = view.compare;
  if (isCompared(view)) showSlider("against", "against-period", view.against);
  showBars();
}

function showSlider(slider, output, last) {
  const { first, last: end } = period(last);
  const said = say("days", { from: day(first, true), to: day(end, true) });
  $(slider).min = firstWeek();
  $(slider).max = lastWeek();
  $(slider).value = last;
  $(slider).setAttribute("aria-valuetext", said);
  $(output).textContent = slider === "week" ? said : say("against_days", { days: said });
}

/** How many came in each week; those that are looked at are marked. */
function showBars() {
  const came = new Float64Array(store.weeks.length);
  const { week, attendance } = store.reach.columns;
  week.forEach((at, row) => (came[at] += Math.max(0, attendance[row])));
  const begin = firstWeek();
  const most = Math.max(1, ...came);
  const within = (at, last) => at <= last && at > last - view.length;
  $("bars").setAttribute("viewBox", `${begin} 0 ${came.length - begin} 100`);
  $("bars").replaceChildren(
    ...Array.from(came.subarray(begin), (count, bar) => {
      const at = begin + bar;
      const height = count === 0 ? 2 : 6 + (94 * count) / most;
      const kind = within(at, view.last) ? "now" : isCompared(view) && within(at, view.against) ? "then" : "other";
      return svg("rect", { x: at + 0.12, y: 100 - height, width: 0.76, height, class: kind });
    }),
  );
}
