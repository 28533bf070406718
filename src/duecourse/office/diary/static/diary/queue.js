// Single keys for the queue: j and k move, x ticks, c takes on, b goes to the answer; Enter follows the focused link.
// They can be switched off (WCAG 2.1.4), and never act while somebody types. Everything works without this script.
"use strict";

const SETTING = "duecourse.queue.keys";
const panel = document.getElementById("keys");
const rows = Array.from(document.querySelectorAll("#queue [data-row]"));

if (panel && rows.length) {
  const switched = document.getElementById("keys-on");
  switched.checked = remembered() !== "off";
  switched.addEventListener("change", () => remember(switched.checked ? "on" : "off"));

  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const go = (place) => rows[Math.max(0, Math.min(rows.length - 1, place))].querySelector("[data-open]").focus();
  const acts = {
    j: () => go(here() + 1),
    k: () => go(here() < 0 ? 0 : here() - 1),
    x: () => here() >= 0 && rows[here()].querySelector("input[type=checkbox]").click(),
    c: () => here() >= 0 && rows[here()].querySelector("[data-claim]")?.click(),
    b: () => document.getElementById("step").focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (!switched.checked || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}

function typing(target) {
  return target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
}

function remembered() {
  try {
    return localStorage.getItem(SETTING);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(SETTING, value);
  } catch {
    // Where nothing may be stored, it holds for this page.
  }
}
