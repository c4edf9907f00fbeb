// Map, panels and table together: what a change of view asks for anew, and what is drawn anew.

import { areaAt, areasLayer, boundsOfArea } from "./areas_layer.js";
import { onShade, shade } from "./colours.js";
import { cellsLayer } from "./cells_layer.js";
import { showCard, startCard } from "./card.js";
import { $, el, fillSelect } from "./dom.js";
import { around, makeMap } from "./ground.js";
import { showLegend } from "./legend.js";
import { marksLayer } from "./marks_layer.js";
import { CATCHMENT_M, columnOf, isCompared, MEASURES, measuresFor, PRESENTED } from "./measures.js";
import { boundsOf, cellAt, middleOf } from "./mesh.js";
import { bestPlaces, showNext } from "./next.js";
import { showPaper, startPrinting } from "./printing.js";
import { cuts, differenceScale, scaleOf } from "./scale.js";
import * as load from "./store.js";
import { areAreas, isPresenting, may, shownStops, shownVisits, store } from "./store.js";
import { showSummary } from "./summary.js";
import { showTable, startTable } from "./table.js";
import { onLanguage, say } from "./texts.js";
import { showTime, startTime } from "./time.js";
import { change, onChange, view } from "./view.js";
import { measureName, short } from "./wording.js";

const L = window.L;
const TOO_LARGE = "map_too_large";
const CLICK_NEAR = 14; // pixels
const LATER_MS = 250;
const COARSE = 1000; // metres: before others, as on the public page, so that no cell points at a place that is kept back
const MUCH = 0.2; // of the people: such a change of coverage is much

/** `refused` is told what the server would not do. */
export function startStage(refused) {
  const map = makeMap($("map"), document.body.dataset.baseMap, { zoomIn: say("zoom_in"), zoomOut: say("zoom_out"), credit: say("credit") });
  const cells = cellsLayer(() => (areAreas() ? null : shownGround()), { pane: "cells" }).addTo(map);
  const areas = areasLayer(() => shownAreas(), { pane: "cells" }).addTo(map);
  const marks = marksLayer(() => shownMarks(), { pane: "marks" }).addTo(map);
  let box = null; // asked for what is in view only, because all would be too much
  let waiting = null;
  let breaks = { key: null, at: [] };

  const shownAreas = () => {
    const ground = areAreas() ? shownGround() : null;
    return ground && { ...ground, keys: ground.figures.keys, shapes: store.areas.shapes };
  };

  /** What is coloured, in which colours. */
  function shownGround() {
    const { figures } = store;
    if (figures === null) return null;
    const mode = shade(view.printing);
    const measure = MEASURES[view.measure];
    const values = figures.columns[columnOf(view)];
    if (values === undefined) return null;
    const scale = isCompared(view)
      ? differenceScale(measure.unit === "share" ? MUCH : (steadyBreaks(values)[0] ?? 1), mode)
      : scaleOf(measure, measure.breaks ?? steadyBreaks(values), mode);
    const { people } = figures.columns;
    // Nobody knows how many live there, or the van was never where somebody lives.
    const never = measure.never ? (row) => people !== undefined && people[row] > 0 : () => measure.needs;
    return { figures, values, scale, mode, never, write: (value) => short(value) };
  }

  /** Cut once for what is looked at, so that colours mean the same while the weeks go by. */
  function steadyBreaks(values) {
    // Of the ground that the figures are of: what was asked for may still be on its way.
    const key = [columnOf(view), store.figures.ground, view.length, box].join();
    if (breaks.key !== key) {
      const counted = Array.from(values, isCompared(view) ? Math.abs : (value) => value);
      breaks = { key, at: cuts(counted, isCompared(view) ? 2 : 5) };
    }
    return breaks.at;
  }

  function shownMarks() {
    const stops = shownStops();
    const { layers } = view;
    return {
      mode: shade(view.printing),
      outlines: layers.outlines && store.outlines ? store.outlines.features.map((one) => one.geometry.coordinates) : [],
      stops: layers.stops ? stops : [],
      visits: shownVisits().map((visit) => ({ ...visit, size: 3 + Math.sqrt(Math.max(0, visit.attendance)) / 1.5 })),
      catchment: layers.catchments ? CATCHMENT_M : null,
      gaps: layers.gaps ? (store.gaps ?? []) : [],
      selected: typeof view.selected === "number" ? view.selected : (store.areas.shapes.get(view.selected) ?? null),
      ways: ways(),
    };
  }

  /** From the chosen gap to its best places. */
  function ways() {
    const gap = store.gaps?.find((one) => one.cell === view.selected);
    if (gap === undefined) return null;
    const ids = new Set(bestPlaces(gap).map((place) => place.id));
    const ground = gap.ground && { lat: gap.ground.lat, lng: gap.ground.lon };
    return { from: middleOf(gap.cell), to: shownStops().filter((stop) => ids.has(stop.id)), ground };
  }

  function showAll() {
    const mode = shade(view.printing);
    showLegend(shownGround(), mode, isPresenting() ? shownStops().filter((stop) => map.getBounds().contains(stop)) : null);
    showSummary();
    showNext();
    showTime();
    showCard();
    showTable();
    for (const layer of [cells, areas, marks]) view.printing ? layer.redrawNow() : layer.redraw();
  }

  /** Fill what can be chosen; again when the language changes. */
  function showChoices() {
    const seesNeed = may.need && store.need !== null;
    const names = view.presenting ? [PRESENTED] : measuresFor(seesNeed, areAreas());
    $("present").hidden = !seesNeed;
    fillSelect($("measure"), names.map((name) => [name, measureName(name)]), view.measure);
    const squares = (view.presenting ? [COARSE] : [250, 500, COARSE]).map((metres) => [metres, say("level", { metres })]);
    const sets = store.sets.map(({ id, name }) => [id, name]);
    fillSelect($("level"), sets.length === 0 ? squares : [[say("cells"), squares], [say("areas"), sets]], view.level);
    const layers = view.presenting ? ["stops", "outlines"] : Object.keys(view.layers);
    const offered = layers.filter((name) => (may.points || name === "outlines" || name === "gaps") && (may.need || name !== "gaps"));
    $("layers").replaceChildren(
      el("legend", { text: say("layers") }),
      ...offered.map((name) => {
        const tick = ({ target }) => change({ layers: { ...view.layers, [name]: target.checked } });
        return el("label", { class: "check" }, el("input", { type: "checkbox", checked: view.layers[name], onchange: tick }), el("span", { text: say(`l_${name}`) }));
      }),
    );
    $("map").setAttribute("aria-label", say("map"));
  }

  /** Ask; what would be too much for one map is asked for the part in view. */
  async function within(ask) {
    try {
      await ask();
    } catch (fault) {
      if (fault.code !== TOO_LARGE || box !== null) throw fault;
      box = inView();
      await ask();
    }
    $("said").textContent = box === null ? "" : say("only_in_view");
  }

  const loadCells = () => within(() => Promise.all([load.loadReach(box), load.loadNeed(box)]));

  const fit = (boxes) => {
    const bounds = around(boxes);
    if (bounds.isValid()) map.fitBounds(bounds, { animate: false, padding: [12, 12] });
  };

  const groundBoxes = () => (areAreas() ? [...store.areas.shapes.values()].map(boundsOfArea) : store.figures.keys.map(boundsOf));

  const inView = () => {
    const bounds = map.getBounds().pad(0.1);
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((edge) => edge.toFixed(4)).join();
  };

  async function reload(what) {
    $("map-part").setAttribute("aria-busy", "true");
    try {
      await what();
      load.makeFigures();
      showAll();
    } catch (fault) {
      refused(fault);
    } finally {
      $("map-part").removeAttribute("aria-busy");
    }
  }

  const loadPeriod = () => Promise.all([load.loadNeed(box), load.loadGaps(), load.loadStops(), load.loadVisits(), load.loadAreas()]);

  function soon(what) {
    clearTimeout(waiting);
    waiting = setTimeout(() => reload(what), LATER_MS);
  }

  onChange((names) => {
    if (store.figures === null) return;
    if (names.has("presenting")) {
      $("present").setAttribute("aria-pressed", String(view.presenting));
      $("presented").hidden = !view.presenting;
      for (const part of ["summary", "next-part", "time"]) $(part).classList.toggle("kept-back", view.presenting);
      showChoices();
    }
    if (names.has("level")) {
      box = null;
      return void reload(async () => {
        Object.assign(view, { selected: null, measure: view.measure === "rate" ? "attendance" : view.measure });
        await Promise.all([loadCells(), load.loadGaps(), load.loadAreas()]);
        showChoices();
      });
    }
    if (["last", "length", "against", "compare"].some((name) => names.has(name))) {
      load.sumUp();
      soon(loadPeriod);
    }
    if (names.has("layers") && view.layers.visits && store.visits === null) soon(load.loadVisits);
    showAll();
    if (names.has("selected")) reveal();
  });

  /** Bring what was chosen in a list or table into view. */
  function reveal() {
    const stop = shownStops().find((one) => one.id === view.selected);
    const rings = store.areas.shapes.get(view.selected);
    const at = typeof view.selected === "number" ? middleOf(view.selected) : rings ? around([boundsOfArea(rings)]).getCenter() : stop;
    if (!at) return;
    const [point, size, card] = [map.latLngToContainerPoint(at), map.getSize(), $("card").getBoundingClientRect()];
    // The card lies over the left of a wide map, and over the lower part of a narrow one.
    const beside = card.width < size.x / 2;
    const left = beside ? card.width + 24 : 0;
    const low = beside ? size.y : size.y - card.height - 8;
    const free = L.bounds([left, 0], [size.x, Math.max(low, 40)]);
    if (!L.bounds(free.min.add([20, 20]), free.max.subtract([20, 20])).contains(point)) map.panBy(point.subtract(free.getCenter()));
  }

  map.on("click", ({ latlng, layerPoint }) => {
    const near = (stop) => map.latLngToLayerPoint([stop.lat, stop.lng]).distanceTo(layerPoint);
    const stops = view.layers.stops ? shownStops() : [];
    const nearest = stops.reduce((best, stop) => (near(stop) < near(best ?? stop) || best === null ? stop : best), null);
    const ground = areAreas() ? areaAt(store.areas.shapes, latlng.lat, latlng.lng) : cellAt(latlng.lat, latlng.lng, view.level);
    if (nearest !== null && near(nearest) < CLICK_NEAR) change({ selected: nearest.id });
    else change({ selected: store.figures?.rowOf.has(ground) && ground !== view.selected ? ground : null });
  });
  map.on("moveend", () => {
    if (box === null || store.figures === null || view.printing) return;
    box = inView();
    soon(loadCells);
  });
  $("measure").addEventListener("change", ({ target }) => change({ measure: target.value }));
  $("level").addEventListener("change", ({ target }) => change({ level: Number(target.value) || target.value }));
  let inside = {};
  $("present").addEventListener("click", () => {
    if (view.presenting) {
      const { level, ...looks } = inside;
      change({ presenting: false, ...looks });
      return change({ level });
    }
    const { measure, compare, layers, level } = view;
    inside = { measure, compare, layers, level };
    // What is kept back goes at once; only then larger cells are asked for.
    change({ presenting: true, selected: null, measure: PRESENTED, compare: false, layers: { ...layers, visits: false, catchments: false, gaps: false } });
    if (!areAreas()) change({ level: COARSE });
  });
  startTime();
  startCard();
  startTable();
  startPrinting(map, () => around([...boxesOf(store.outlines), ...groundBoxes()]), showAll);
  onShade(showAll);
  onLanguage(() => {
    if (store.figures === null) return;
    showChoices();
    showPaper();
    showAll();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe($("map"));

  return {
    async begin(who) {
      load.setRole(who.role);
      $("whose").textContent = who.label;
      box = null;
      const outlined = load.loadOutlines().then(() => fit(boxesOf(store.outlines)));
      // Which weeks there are says which days the rest is asked for.
      await Promise.all([outlined, load.loadAreaSets(), within(() => load.loadReach(box))]);
      change({ last: store.weeks.length - 1, measure: may.need ? "people" : "visits" });
      await Promise.all([within(() => load.loadNeed(box)), load.loadGaps(), load.loadStops()]);
      if (may.need && store.need === null) change({ measure: "visits" });
      load.makeFigures();
      if (store.outlines.features.length === 0) fit(groundBoxes());
      showChoices();
      showPaper();
      showAll();
    },
  };
}

const boxesOf = ({ bbox }) => (bbox ? [{ west: bbox[0], south: bbox[1], east: bbox[2], north: bbox[3] }] : []);
