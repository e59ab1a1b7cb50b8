/* Keys that act without Ctrl or Alt can be switched off: who speaks to their computer presses them
   without meaning to. The choice is kept in this browser alone. */
"use strict";

const KEPT = "callwatch-keys";

const keysAct = () => {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true; /* a browser that keeps nothing */
  }
};

/* Show what needs this script, and the switch as it stands. */
function offerKeys() {
  document.querySelectorAll("#keys, .switch").forEach((one) => one.removeAttribute("hidden"));
  document.querySelectorAll(".switch input").forEach((box) => { box.checked = keysAct(); });
}

document.addEventListener("change", (event) => {
  if (!event.target.closest(".switch")) return;
  try {
    localStorage.setItem(KEPT, event.target.checked ? "on" : "off");
  } catch {
    event.target.checked = true;
  }
});
offerKeys();
