/* The desk by keyboard, and without waiting: what is decided leaves the page at once, and comes
   back if it did not reach us. Every act is a form that works without this file. */
"use strict";

const TYPING = "input:not([type=checkbox]), select, textarea";
let acting = Promise.resolve();
const pending = new Set(); /* cards whose act is on its way: no answer to an earlier one shows them */

const cards = () => [...document.querySelectorAll(".match:not([hidden])")];
const current = () => document.querySelector(".match.current:not([hidden])");

function select(card) {
  document.querySelectorAll(".match.current").forEach((one) => one.classList.remove("current"));
  if (!card) return;
  card.classList.add("current");
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = cards();
  const at = all.indexOf(current());
  select(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function press(selector) {
  const button = current()?.querySelector(selector);
  if (button) button.click();
}

function reject() {
  const details = current()?.querySelector("details[data-key=r]");
  if (!details) return;
  details.open = true;
  details.querySelector("button").focus();
}

function rejectFor(number) {
  const open = current()?.querySelector("details[data-key=r][open]");
  open?.querySelectorAll("button")[number - 1]?.click();
}

function tick() {
  const box = current()?.querySelector("input[name=match]");
  if (box) box.checked = !box.checked;
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("[data-key=a]"),
  r: reject,
  x: tick,
  o: () => current()?.querySelector("h2 a").click(),
  u: () => document.querySelector("#notice [data-key=u]")?.click(),
  "?": () => document.querySelector("#help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keysAct()) return;
  if (event.target.closest(TYPING) || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key] ?? (/^[1-9]$/.test(event.key) && (() => rejectFor(+event.key)));
  if (!act) return;
  event.preventDefault();
  act();
});

/* Which cards an act takes away: that of the button, or those that are ticked. */
function leaving(form, button) {
  if (button.name.startsWith("one-")) return [button.closest(".match")];
  if (["comment", "assign", "reopen"].includes(button.value)) return [];
  return [...form.querySelectorAll("input[name=match]:checked")].map((box) => box.closest(".match"));
}

async function send(action, body, gone) {
  gone.forEach((card) => pending.delete(card.id));
  try {
    const answer = await fetch(action, { method: "POST", body });
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), answer);
  } catch {
    gone.forEach((card) => { card.hidden = false; });
    select(gone[0] ?? current());
    const told = document.querySelector("#told");
    told.textContent = told.dataset.failed;
    told.className = "done alarm";
  }
}

const ticked = () => [...document.querySelectorAll("#queue [name=match]:checked")];
const fields = () => [...document.querySelectorAll("#queue .bulk :is(input, select)")];

/* What the reader has begun and not sent: an answer to an earlier act must not take it away. */
function begun() {
  return {
    at: current()?.id,
    refuses: current()?.querySelector("details[data-key=r]")?.open,
    bulk: document.querySelector("#queue .bulk")?.open,
    ticks: ticked().map((box) => box.closest(".match").id),
    words: fields().map((field) => [field.id, field.value]),
    focused: document.activeElement?.id,
  };
}

function goOn(work) {
  work.ticks.forEach((id) => {
    const box = document.getElementById(id)?.querySelector("[name=match]");
    if (box) box.checked = true;
  });
  work.words.forEach(([id, words]) => {
    const field = document.getElementById(id);
    if (field) field.value = words;
  });
  if (work.bulk) document.querySelector("#queue .bulk")?.setAttribute("open", "");
  if (work.focused) document.getElementById(work.focused)?.focus({ preventScroll: true });
}

/* Put the answer in the place of the page, and leave the reader where they were. */
function show(page, answer) {
  const work = begun();
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  pending.forEach((id) => document.getElementById(id)?.setAttribute("hidden", ""));
  document.title = page.title;
  offerKeys();
  const card = document.getElementById(work.at ?? "");
  select(card ?? cards()[0]);
  if (card && work.refuses) reject();
  if (!answer.redirected) return; /* it says what is wrong with what was sent, and holds it */
  history.replaceState(null, "", answer.url);
  goOn(work);
}

/* A form that is on its way is no longer begun; its own answer would find it sent. */
function sent(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  if (button.name === "act") {
    ticked().forEach((box) => { box.checked = false; });
    fields().forEach((field) => { if (field.type === "text") field.value = ""; });
  }
  return body;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const isUndo = form.closest("#notice") && document.querySelector(".cards");
  if ((form.id !== "queue" && !isUndo) || !event.submitter) return;
  event.preventDefault();
  const gone = isUndo ? [] : leaving(form, event.submitter);
  const after = current();
  gone.forEach((card) => { card.hidden = true; pending.add(card.id); });
  if (after?.hidden) select(cards().find((card) => after.compareDocumentPosition(card) & 4) ?? cards().at(-1));
  const [action, body] = [form.action, sent(form, event.submitter)];
  acting = acting.then(() => send(action, body, gone));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#keys")) document.querySelector("#help").showModal();
});
