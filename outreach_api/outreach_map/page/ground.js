// The map itself: Leaflet, with a base map only if the installer wants one.

const L = window.L;
const MATSUDO = [35.7966, 139.9231];
const TILES = "https://cyberjapandata.gsi.go.jp/xyz";

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

export function makeMap(container, baseMap, words) {
  const map = L.map(container, {
    center: MATSUDO,
    zoom: 13,
    minZoom: 8,
    maxZoom: 18,
    zoomControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.5,
    wheelPxPerZoomLevel: 100,
    attributionControl: false,
    maxBounds: [
      [20, 118],
      [47, 158],
    ],
    zoomAnimation: !still,
    fadeAnimation: !still,
    inertia: !still,
  });
  for (const [name, height] of [["cells", 350], ["marks", 450]]) {
    map.createPane(name).style.zIndex = height;
    // What is clicked is found by its place, so that nothing lies in the way of anything.
    map.getPane(name).style.pointerEvents = "none";
  }
  L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  const credit = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
  if (baseMap !== "none") {
    L.tileLayer(`${TILES}/${baseMap}/{z}/{x}/{y}.png`, { maxNativeZoom: 18, opacity: 0.75, className: "tiles" }).addTo(map);
    credit.addAttribution(words.credit);
  }
  return map;
}

/** The bounds that hold all boxes. */
export function around(boxes) {
  const bounds = L.latLngBounds([]);
  for (const { south, west, north, east } of boxes) bounds.extend([south, west]).extend([north, east]);
  return bounds;
}
