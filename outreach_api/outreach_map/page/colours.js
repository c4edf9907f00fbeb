// Colours that people with any colour vision can tell apart: ColorBrewer's, each rising evenly in lightness. The least
// of each stands off from the ground as well, since in sunlight the palest ones of ColorBrewer are lost.

const SEQUENTIAL = {
  need: ["#f7f2a6", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"],
  missed: ["#fddca8", "#fdbb84", "#fc8d59", "#d7301f", "#7f0000"],
  covered: ["#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d"],
  reach: ["#c6d9ea", "#9ebcda", "#8c96c6", "#8856a7", "#6e016b"],
  fading: ["#00441b", "#1f8043", "#4fae84", "#8ad2bb", "#cdeae3"],
};
// Less in orange, more in violet; what is as it was lies between.
const DIVERGING = ["#b35806", "#fdb863", "#f7f7f7", "#b2abd2", "#542788"];

export const INK = { light: "#1b1b1b", dark: "#f4f1ea" };
export const PAPER = { light: "#f6f3ec", dark: "#15191d" };
export const STOP = { light: "#c2255c", dark: "#ff8fb3" };

const darkly = matchMedia("(prefers-color-scheme: dark)");

/** "light" or "dark"; paper is light. */
export const shade = (printing) => (darkly.matches && !printing ? "dark" : "light");

export const onShade = (callback) => darkly.addEventListener("change", callback);

/** Five colours from little to much. On a dark ground much must shine, so there they run the other way. */
export const sequential = (name, mode) => (mode === "dark" ? [...SEQUENTIAL[name]].reverse() : SEQUENTIAL[name]);

export const diverging = (mode) => DIVERGING.map((colour) => (mode === "dark" && colour === "#f7f7f7" ? "#3b4249" : colour));

/** Black or white, whichever can be read on a colour. */
export function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

/** A pattern of slanting lines: what nobody knows, or where nobody has been, is no colour on a scale. */
export function hatch(context, mode, ratio = 1) {
  const tile = document.createElement("canvas");
  const size = Math.round(8 * ratio);
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.strokeStyle = INK[mode];
  pen.globalAlpha = 0.55;
  pen.lineWidth = ratio;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
