// What a cell is called: by a stop that people know, since nobody knows a cell by its number.

import { middleOf } from "./mesh.js";
import { shownStops, store } from "./store.js";
import { language, number, say } from "./texts.js";

const METRES_LAT = 110_950;
const NEAR = 2_500;
const WINDS = ["east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east"];

export const stopName = (stop) => (language() === "en" && stop.name_en ? stop.name_en : stop.name);

/** What a cell or an area is called. */
export const groundName = (key) => store.figures.names?.get(key) ?? cellName(key) ?? codeOf(key);

/** The code of a cell or an area. */
export const codeOf = (key) => (typeof key === "number" ? say("cell", { code: key }) : key.replace(/^area /, ""));

/** "けやきの広場の北東 400m", or null where no known stop is near. */
export function cellName(code) {
  if (typeof code !== "number") return null;
  const middle = middleOf(code);
  const metresLng = METRES_LAT * Math.cos((middle.lat * Math.PI) / 180);
  let nearest = null;
  let least = NEAR;
  for (const stop of shownStops()) {
    const distance = Math.hypot((middle.lat - stop.lat) * METRES_LAT, (middle.lng - stop.lng) * metresLng);
    if (distance < least) [nearest, least] = [stop, distance];
  }
  if (nearest === null) return null;
  if (least < 150) return say("around", { place: stopName(nearest) });
  const angle = Math.atan2((middle.lat - nearest.lat) * METRES_LAT, (middle.lng - nearest.lng) * metresLng);
  const wind = WINDS[(Math.round((angle * 4) / Math.PI) + 8) % 8];
  return say("beside", { place: stopName(nearest), wind: say(wind), metres: number(Math.round(least / 50) * 50) });
}
