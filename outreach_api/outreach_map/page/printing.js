// A4: the map is set to the size of the paper and drawn for it, with its date and where its figures come from.

import { $, el } from "./dom.js";
import { store, today } from "./store.js";
import { day, say } from "./texts.js";
import { change, view } from "./view.js";

const page = document.documentElement;

/** `drawn()` are the bounds of all that is drawn, `show()` draws it. */
export function startPrinting(map, drawn, show) {
  let before = null;
  $("print").addEventListener("click", () => window.print());
  addEventListener("beforeprint", () => {
    before = { center: map.getCenter(), zoom: map.getZoom() };
    const sight = both(map.getBounds(), drawn());
    page.dataset.printing = "yes";
    change({ printing: true });
    map.invalidateSize({ animate: false });
    const { zoomSnap } = map.options;
    map.options.zoomSnap = 0;
    map.fitBounds(sight, { animate: false, padding: [10, 10] });
    map.options.zoomSnap = zoomSnap;
    showPaper();
    show();
  });
  addEventListener("afterprint", () => {
    delete page.dataset.printing;
    change({ printing: false });
    map.invalidateSize({ animate: false });
    map.setView(before.center, before.zoom, { animate: false });
    show();
  });
}

/** What is in view and has something on it: paper is too small for the rest. */
function both(seen, drawn) {
  if (!drawn.isValid() || !seen.intersects(drawn)) return seen;
  const [south, west] = [Math.max(seen.getSouth(), drawn.getSouth()), Math.max(seen.getWest(), drawn.getWest())];
  const [north, east] = [Math.min(seen.getNorth(), drawn.getNorth()), Math.min(seen.getEast(), drawn.getEast())];
  return window.L.latLngBounds([south, west], [north, east]);
}

export function showPaper() {
  const { organisation, baseMap } = document.body.dataset;
  const sources = [store.need?.summary.import_label, baseMap === "none" ? null : say("credit")].filter(Boolean);
  $("paper").replaceChildren(
    el("p", { text: say("paper", { organisation, day: day(today, true) }) }),
    ...(sources.length ? [el("p", { text: say("sources", { sources: sources.join(" · ") }) })] : []),
    el("p", { text: say(view.presenting ? "paper_presented" : "paper_internal") }),
  );
}
