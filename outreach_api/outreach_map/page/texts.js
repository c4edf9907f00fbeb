// What is said, in Japanese or English: switched without asking the server anew.

import WORDS from "./words.js";

const page = document.documentElement;
const later = [];

export const language = () => (page.lang === "en" ? "en" : "ja");

/** The text of a code; {blanks} are filled from `given`. */
export function say(code, given = {}) {
  const text = WORDS[code][language() === "en" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(given[name] ?? "?"));
}

export const number = (value, decimals = 0) =>
  new Intl.NumberFormat(language(), { maximumFractionDigits: decimals, minimumFractionDigits: 0 }).format(value);

export const percent = (share) => (share === null || Number.isNaN(share) ? "–" : `${number(share * 100, Math.abs(share) < 0.1 ? 1 : 0)}%`);

/** A day ("2026-11-30" or a Date at midnight UTC) as people write it. */
export function day(value, withYear = false) {
  const date = value instanceof Date ? value : new Date(`${value}T00:00:00Z`);
  const form = { timeZone: "UTC", month: language() === "en" ? "short" : "numeric", day: "numeric" };
  return new Intl.DateTimeFormat(language(), withYear ? { ...form, year: "numeric" } : form).format(date);
}

/** A period from day to day, with years where it goes beyond one. */
export function days(first, last) {
  const withYear = first.slice(0, 4) !== last.slice(0, 4);
  return { from: day(first, withYear), to: day(last, withYear) };
}

/** Call back when the language has changed. */
export const onLanguage = (callback) => later.push(callback);

export function setLanguage(lang) {
  page.lang = lang;
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-switch-language]")) node.lang = lang === "en" ? "ja" : "en";
  const address = new URL(location.href);
  address.searchParams.set("lang", lang);
  history.replaceState(null, "", address);
  later.forEach((callback) => callback());
}
