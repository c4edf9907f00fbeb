// Mesh cells (JIS X 0410) from their codes. All is read off whole numbers of 250 m steps, 1/480° by 1/320°.

export const STEPS_LAT = 480;
export const STEPS_LON = 320;
const WEST = 100 * STEPS_LON;
const SPAN = { 250: 1, 500: 2, 1000: 4 };
const DIGITS = { 8: 4, 9: 2, 10: 1 };

/** The first value and then differences, added up. */
export function addedUp(differences) {
  let sum = 0;
  return differences.map((step) => (sum += step));
}

export const spanOf = (level) => SPAN[level];

/** South and west of a cell in 250 m steps (longitude from 100° on). */
export function cornerOf(code) {
  const digits = String(code);
  let south = Number(digits.slice(0, 2)) * 320 + Number(digits[4]) * 40 + Number(digits[6]) * 4;
  let west = Number(digits.slice(2, 4)) * 320 + Number(digits[5]) * 40 + Number(digits[7]) * 4;
  for (let place = 8, span = 2; place < digits.length; place += 1, span /= 2) {
    const quadrant = Number(digits[place]) - 1;
    south += (quadrant >> 1) * span;
    west += (quadrant & 1) * span;
  }
  return { south, west, span: DIGITS[digits.length] };
}

export const latOf = (steps) => steps / STEPS_LAT;
export const lonOf = (steps) => (steps + WEST) / STEPS_LON;

/** {south, west, north, east} in degrees. */
export function boundsOf(code) {
  const { south, west, span } = cornerOf(code);
  return { south: latOf(south), west: lonOf(west), north: latOf(south + span), east: lonOf(west + span) };
}

export function middleOf(code) {
  const { south, west, north, east } = boundsOf(code);
  return { lat: (south + north) / 2, lng: (west + east) / 2 };
}

/** The cell of a level that holds a place which somebody pointed at. */
export function cellAt(lat, lng, level) {
  const south = Math.floor(lat * STEPS_LAT);
  const west = Math.floor(lng * STEPS_LON) - WEST;
  let code = `${Math.floor(south / 320)}${Math.floor(west / 320)}`;
  code += `${Math.floor((south % 320) / 40)}${Math.floor((west % 320) / 40)}`;
  code += `${Math.floor((south % 40) / 4)}${Math.floor((west % 40) / 4)}`;
  for (let span = 2; span >= SPAN[level]; span /= 2) {
    code += 1 + 2 * (Math.floor(south / span) % 2) + (Math.floor(west / span) % 2);
  }
  return Number(code);
}
