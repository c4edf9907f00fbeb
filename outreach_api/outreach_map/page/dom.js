// Elements are made here and nowhere else: what people wrote is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

/** An element; what begins with "on" is listened to, `text` is its text. */
export function el(tag, said = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(said)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function svg(tag, said = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(said)) node.setAttribute(name, value);
  return node;
}

/** Options of a select, as [value, text] or [group, [[value, text], …]]; the chosen one stays if it is still there. */
export function fillSelect(select, options, chosen) {
  const option = ([value, text]) => el("option", { value, text, selected: String(value) === String(chosen) });
  select.replaceChildren(
    ...options.map((one) =>
      Array.isArray(one[1]) ? el("optgroup", { label: one[0] }, ...one[1].map(option)) : option(one),
    ),
  );
}
