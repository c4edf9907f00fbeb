// The page: signs in, asks for what is looked at, and has each part show it.

import { Refused } from "./api.js";
import { $ } from "./dom.js";
import { codeOfLink, enterWithCode, enterWithToken, forget, kept, leave } from "./session.js";
import { startStage } from "./stage.js";
import { language, say, setLanguage } from "./texts.js";

let stage = null;

function showDoor(said = "") {
  $("app").hidden = true;
  $("door").hidden = false;
  $("door-said").textContent = said;
}

async function open() {
  $("door").hidden = true;
  $("app").hidden = false;
  try {
    stage ??= startStage(refused);
    await stage.begin(kept());
  } catch (fault) {
    refused(fault);
  }
}

/** Whatever the server would not do is said; who is not signed in any more stands at the door. */
function refused(fault) {
  if (fault.name === "AbortError") return;
  if (!(fault instanceof Refused)) throw fault;
  if (fault.status === 401) {
    forget();
    showDoor(say("door_over"));
  } else {
    $("said").textContent = fault.message;
  }
}

async function enter(way) {
  $("door-said").textContent = say("door_wait");
  try {
    await way();
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    const known = { 401: say("door_no_token"), 422: say("door_no_code") };
    return showDoor(known[fault.status] ?? fault.message);
  }
  await open();
}

function start() {
  setLanguage(language());
  $("door-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const pasted = $("door-token").value.trim();
    $("door-token").value = "";
    enter(() => enterWithToken(pasted));
  });
  for (const button of document.querySelectorAll("[data-switch-language]")) {
    button.addEventListener("click", () => setLanguage(language() === "ja" ? "en" : "ja"));
  }
  $("sign-out").addEventListener("click", async () => {
    await leave();
    location.reload();
  });
  const code = codeOfLink();
  if (code) enter(() => enterWithCode(code));
  else if (kept() !== null) open();
  else showDoor();
}

start();
