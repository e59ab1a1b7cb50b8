/* The search without loading the page anew, and by keyboard. htmx puts what is found in its place;
   this keeps the reader where they were. Every choice is a link or a form that works without it. */
"use strict";

const TYPING = "input, select, textarea";
const trouble = document.querySelector("#trouble");
let left = null; /* where the reader was when what is shown was about to change */
let typed = false; /* whether the words of the address were still being typed */

const words = document.querySelector("#q");
let asked = words.value; /* what was last looked for */

const found = () => document.querySelector("#found");
const hits = () => [...document.querySelectorAll(".hits h2 a")];

/* Words that Enter looked for at once are not looked for again when typing has paused. */
document.addEventListener("htmx:confirm", (event) => {
  const { elt } = event.detail;
  if (elt === words && words.value === asked) event.preventDefault();
  else if (elt.closest("#search")) asked = words.value;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.shouldSwap) return;
  trouble.hidden = true;
  const focused = found().contains(document.activeElement) ? document.activeElement : null;
  left = {
    open: [...found().querySelectorAll("details[open]")].map((facet) => facet.id),
    focused,
    top: focused?.getBoundingClientRect().top,
  };
});

document.addEventListener("htmx:afterSwap", () => {
  left.open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (!left.focused) return;
  const again = document.getElementById(left.focused.id);
  (again ?? document.querySelector("#count")).focus({ preventScroll: true });
  if (again) window.scrollBy(0, again.getBoundingClientRect().top - left.top);
});

/* Words that are typed on are one step of the way back, however often one paused. */
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const { history, requestConfig } = event.detail;
  const isTyped = requestConfig.elt.id === "q";
  const isSame = history.path === location.pathname + location.search;
  if (isSame || (isTyped && typed)) history.type = "replace";
  typed = isTyped;
});

["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => {
  document.addEventListener(name, () => { trouble.hidden = false; });
});

/* From the words to what they find, through it, and back to the words. */
function step(by) {
  const all = [words, ...hits()];
  const next = all[all.indexOf(document.activeElement) + by];
  next?.focus();
  return Boolean(next);
}

function stepped(key) {
  const among = hits().includes(document.activeElement);
  const fromWords = document.activeElement === words && key === "ArrowDown";
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[key];
  return Boolean(by) && (among || fromWords) && step(by);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "/" && keysAct() && !event.target.closest(TYPING)) {
    event.preventDefault();
    words.select();
    return;
  }
  if (stepped(event.key)) event.preventDefault();
});
