// Questions to the server. The token stands in a header, never in an address.

import { language, say } from "./texts.js";

const COMPACT = "application/vnd.kurukuru.columns+json";
const running = new Map();

/** What the server refused, or that it could not be reached (status 0). */
export class Refused extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export async function send(method, path, { token = null, body = null, headers = {}, signal = null } = {}) {
  const sent = { Accept: "application/json", "Accept-Language": language(), ...headers };
  if (token !== null) sent.Authorization = `Bearer ${token}`;
  if (body !== null) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, signal, body: body === null ? null : JSON.stringify(body) });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refused(0, "unreachable", say("unreachable"));
  }
  const json = await answer.json().catch((fault) => {
    if (fault.name === "AbortError") throw fault;
    return {};
  });
  if (!answer.ok) throw new Refused(answer.status, json.code ?? "", json.detail ?? say("unreachable"));
  return json;
}

/** Ask /v1/map/…; asked again, the former question of that name is given up. */
export async function ask(token, path, given = {}, { compact = true, name = path } = {}) {
  running.get(name)?.abort();
  const control = new AbortController();
  running.set(name, control);
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== null));
  const accept = compact ? COMPACT : "application/geo+json";
  try {
    return await send("GET", `${path}?${query}`, { token, headers: { Accept: accept }, signal: control.signal });
  } finally {
    if (running.get(name) === control) running.delete(name);
  }
}
