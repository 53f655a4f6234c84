// Toasts: at least five seconds, longer with a button; errors stay. From the server by HX-Trigger {"toast": {...}},
// from full pages by Django's messages. They follow an open dialog, because what lies behind a dialog cannot be used.
import { texts } from "./text.js";

const region = document.getElementById("toasts");
const banner = document.getElementById("offline");
const template = document.getElementById("toast-template");
const DEFAULT_MS = 6000;
const UNDO_MS = 10000;
const MOST = 4;

export function showToast({ text, tone = "good", undo_url: undoUrl, undo, undo_target: target, undo_swap: swap, undo_label: label }) {
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  if (tone && tone !== "info") toast.dataset.tone = tone;
  if (tone === "bad") toast.setAttribute("role", "alert");
  if (tone === "bad" || tone === "wait") {
    const use = toast.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace("#check", "#triangle-alert"));
  }
  if (undoUrl) addUndo(toast, undoUrl, undo, target, swap, label);
  place();
  const passing = [...region.querySelectorAll(".toast:not([data-tone=bad])")];
  for (const old of passing.slice(0, Math.max(0, passing.length - MOST + 1))) old.remove();
  region.append(toast);
  if (undoUrl) window.htmx?.process(toast);
  live(toast, undoUrl ? UNDO_MS : DEFAULT_MS);
}

function addUndo(toast, url, values, target, swap, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = label || texts.undo;
  button.setAttribute("hx-post", url);
  button.setAttribute("hx-target", target || "body");
  button.setAttribute("hx-swap", swap || (target ? "outerHTML" : "none"));
  button.setAttribute("hx-disabled-elt", "this");
  if (values && Object.keys(values).length) button.setAttribute("hx-vals", JSON.stringify(values));
  button.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) toast.remove();
  });
  toast.querySelector("p").after(button);
}

function live(toast, milliseconds) {
  if (toast.dataset.tone === "bad") return;
  let timer = setTimeout(() => toast.remove(), milliseconds);
  const hold = () => clearTimeout(timer);
  const go = () => { hold(); timer = setTimeout(() => toast.remove(), milliseconds); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", go);
}

// toasts and the banner live in the topmost open dialog, else in the body
export function place() {
  const open = [...document.querySelectorAll("dialog[open]")].filter((dialog) => dialog.matches(":modal"));
  const home = open.at(-1) ?? document.body;
  for (const part of [banner, region]) if (part && part.parentElement !== home) home.append(part);
}

document.addEventListener("toast", (event) => {
  const { value } = event.detail;
  for (const toast of Array.isArray(value) ? value : [event.detail]) showToast(toast);
});

document.addEventListener("click", (event) => {
  event.target.closest?.("[data-toast-close]")?.closest(".toast").remove();
});

for (const toast of region?.querySelectorAll(".toast") ?? []) live(toast, DEFAULT_MS);
