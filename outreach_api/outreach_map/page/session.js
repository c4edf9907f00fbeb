// Who is looking. A link or a pasted token is exchanged for a token that reads the map only, and lives some hours.

import { Refused, send } from "./api.js";

const KEPT = "kurukuru-map";

export const token = () => kept()?.token ?? null;

/** {token, role, label, expires_at} of who is signed in, or null. */
export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

/** What stands behind the # of the link that was opened; it leaves the address at once. */
export function codeOfLink() {
  const code = location.hash.slice(1);
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** Come in with the code of a link. If the answer is lost, the same key may ask again. */
export async function enterWithCode(code) {
  const key = crypto.randomUUID?.() ?? randomId();
  const ask = () => send("POST", "/v1/map-links/redeem", { body: { code }, headers: { "Idempotency-Key": key } });
  const given = await ask().catch((fault) => (fault.status === 0 ? ask() : Promise.reject(fault)));
  sessionStorage.setItem(KEPT, JSON.stringify(given));
}

/** Come in with a token that somebody pasted. It is used for one question, and kept nowhere. */
export async function enterWithToken(pasted) {
  const headers = { "Idempotency-Key": crypto.randomUUID?.() ?? randomId() };
  const made = await send("POST", "/v1/map-links", { token: pasted, body: {}, headers });
  if (!made.link) throw new Refused(422, "code_not_valid", "");
  await enterWithCode(made.link.split("#")[1]);
}

export async function leave() {
  const mine = token();
  sessionStorage.removeItem(KEPT);
  if (mine !== null) await send("POST", "/v1/map-links/sign-out", { token: mine, body: {} }).catch(() => null);
}

export const forget = () => sessionStorage.removeItem(KEPT);

/** A random UUID where the page came without HTTPS, and browsers offer none. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
