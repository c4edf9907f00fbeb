// What is looked at. Everything that is drawn follows from this and from the figures.

export const view = {
  measure: null,
  level: 500,
  areaSet: null,
  length: 12,
  last: 0,
  compare: false,
  against: 0,
  presenting: false,
  printing: false,
  selected: null,
  tableOpen: false,
  tableOf: "ground",
  layers: { stops: true, visits: false, catchments: false, gaps: true, outlines: true },
};

const later = [];

/** Call back after each change with the names of what changed. */
export const onChange = (callback) => later.push(callback);

export function change(parts) {
  const names = new Set(Object.keys(parts).filter((name) => view[name] !== parts[name]));
  if (names.size === 0) return;
  Object.assign(view, parts);
  later.forEach((callback) => callback(names));
}
