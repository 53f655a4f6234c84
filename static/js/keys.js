// Shortcuts. An element says its own in aria-keyshortcuts ("N", "Alt+A", "Control+Enter", "/") and shows it in a
// <kbd aria-hidden="true">. A shortcut presses a button or link, and puts the cursor in a field. While typing only
// Ctrl and Alt combinations count. A single key waits a moment: a scanner types faster than a hand.
import { topDialog } from "./dialog.js";

const SCANNER_MS = 45;
let single = null;
let singleOn = true;
try {
  singleOn = localStorage.getItem("single-keys") !== "off";
} catch { /* storage is off */ }

function nameOf(event) {
  const letter = /^(Key|Digit)(.)$/.exec(event.code);
  const key = event.altKey && letter ? letter[2] : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Control");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  return [...parts, key === " " ? "Space" : key].join("+");
}

const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");

function candidates() {
  const scope = topDialog() ?? document;
  return [...scope.querySelectorAll("[aria-keyshortcuts]")].filter((element) =>
    !element.disabled && element.getAttribute("aria-disabled") !== "true" && (element.checkVisibility() || element.closest("[popover]")));
}

function find(name) {
  return candidates().find((element) => element.getAttribute("aria-keyshortcuts").split(" ")
    .some((shortcut) => (shortcut.length === 1 ? shortcut.toUpperCase() : shortcut).toLowerCase() === name.toLowerCase()));
}

function press(element) {
  if (element.matches("input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select")) {
    element.focus();
    element.select?.();
  } else element.click();
}

document.addEventListener("keydown", (event) => {
  const burst = single !== null;
  clearTimeout(single);
  single = null;
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (["Control", "Alt", "Shift", "Meta", "Escape"].includes(event.key)) return;
  const combination = event.ctrlKey || event.altKey || event.metaKey;
  if (!combination && (typing(event.target) || (event.key.length > 1 && !/^F\d+$/.test(event.key)))) return;
  const element = find(nameOf(event));
  if (!element) return;
  if (combination || event.key.length > 1) {
    event.preventDefault();
    commit(event.target);
    press(element);
  } else if (singleOn && !burst) {
    event.preventDefault();
    single = setTimeout(() => { single = null; press(element); }, SCANNER_MS);
  }
});

// a field that still holds the cursor is saved before its screen is confirmed
function commit(target) {
  if (typing(target) && !target.matches("[role=combobox]") && target.value !== target.defaultValue) {
    target.blur();
    target.focus({ preventScroll: true });
  }
}

// the list of what this page knows
const shown = { control: "Ctrl", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓", escape: "Esc" };

function labelOf(element) {
  if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
  if (element.labels?.length) return element.labels[0].textContent.trim();
  const copy = element.cloneNode(true);
  for (const hidden of copy.querySelectorAll("[aria-hidden=true]")) hidden.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function fillList(list) {
  const rows = [...document.querySelectorAll("[aria-keyshortcuts]")]
    .filter((element) => !element.closest("dialog") && (element.checkVisibility() || element.closest("[popover]")))
    .map((element) => [element.getAttribute("aria-keyshortcuts").split(" ")[0], labelOf(element)]);
  const seen = new Set();
  list.replaceChildren();
  for (const [shortcut, label] of rows) {
    if (seen.has(shortcut + label)) continue;
    seen.add(shortcut + label);
    const dt = document.createElement("dt");
    for (const part of shortcut.split("+")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = shown[part.toLowerCase()] ?? part;
      dt.append(kbd, " ");
    }
    const dd = document.createElement("dd");
    dd.textContent = label;
    list.append(dt, dd);
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.('[data-dialog-open="shortcuts"]')) return;
  fillList(document.querySelector("#shortcuts [data-key-list]"));
  document.querySelector("[data-single-keys]").checked = singleOn;
}, true);

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-single-keys]")) return;
  singleOn = event.target.checked;
  try {
    localStorage.setItem("single-keys", singleOn ? "on" : "off");
  } catch { /* storage is off: it lasts for this page */ }
});
