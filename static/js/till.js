// The till by touch: the line that is chosen, the keypad, quick keys, the lock, and locking itself when nobody is there.
// Quick keys and articles that were searched go into the same list as scans, so that all of it arrives in order.
import { showToast } from "./toast.js";
import { topDialog } from "./dialog.js";
import { hold, restore } from "./focus.js";
import { offline, online } from "./offline.js";
import "./till-wait.js";

const root = document.getElementById("till");
if (document.getElementById("scan")) {
  await import("./matrix.js");
  await import("./scan.js");
}
if (document.getElementById("pay-form")) await import("./till-pay.js");

// ---- the line that is chosen -----------------------------------------------------------------------------------
let chosen = null; // the id of its list item

const item = () => (chosen ? document.getElementById(chosen) : null);

function choose(li) {
  for (const on of document.querySelectorAll(".bon-li[data-on]")) {
    on.removeAttribute("data-on");
    on.querySelector(".bon-line").setAttribute("aria-pressed", "false");
    on.querySelector(".bon-edit")?.remove();
  }
  chosen = li?.id ?? null;
  if (!li?.dataset.url) return;
  li.setAttribute("data-on", "");
  li.querySelector(".bon-line").setAttribute("aria-pressed", "true");
  const edit = document.getElementById("bon-edit").content.firstElementChild.cloneNode(true);
  const { url } = li.dataset;
  for (const button of edit.querySelectorAll("[data-edit]")) dress(button, li, url);
  li.append(edit);
  window.htmx.process(edit);
  li.scrollIntoView({ block: "nearest" });
}

function dress(button, li, url) {
  const kind = button.dataset.edit;
  const number = li.dataset.line;
  if (kind === "matrix" && !("matrix" in li.dataset)) return button.remove();
  if (kind === "step" && ("textOnly" in li.dataset || "fixed" in li.dataset)) return button.remove();
  if (kind === "return" && ("textOnly" in li.dataset || "back" in li.dataset)) return button.remove();
  const get = { matrix: `${root.dataset.matrix}?regel=${number}`, text: url, return: `${url}retour/` }[kind];
  if (get) {
    button.setAttribute("hx-get", get);
    button.setAttribute("hx-target", "#dialog-host");
    button.setAttribute("hx-swap", "innerHTML");
    return;
  }
  button.id = `b${number}-${kind}${button.dataset.step ?? ""}`;
  button.setAttribute("hx-post", kind === "delete" ? `${url}verwijderen/` : url);
  button.setAttribute("hx-include", "#bon-marks");
  button.setAttribute("hx-swap", "none");
  if (kind === "step") button.setAttribute("hx-vals", JSON.stringify({ step: button.dataset.step }));
}

function drawn() {
  const fresh = [...document.querySelectorAll(".bon-li[data-new]")].at(-1);
  for (const li of document.querySelectorAll(".bon-li[data-new]")) li.removeAttribute("data-new");
  if (fresh) return choose(fresh);
  const li = item();
  if (li && !li.hasAttribute("data-on")) choose(li);
  if (!li) chosen = null;
}
document.addEventListener("scan:shown", drawn);
document.addEventListener("htmx:afterRequest", () => setTimeout(drawn));

document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".bon-line");
  if (line) choose(line.parentElement.hasAttribute("data-on") ? null : line.parentElement);
});

// ---- the keypad ------------------------------------------------------------------------------------------------
const field = document.getElementById("scan-code");
let mode = "";

function arm(name) {
  mode = name;
  for (const key of document.querySelectorAll("[data-fn][aria-pressed]")) key.setAttribute("aria-pressed", String(key.dataset.fn === name));
}

const typed = () => field.value.trim();

function press(digit) {
  field.value += digit;
}

function apply(name) {
  if (!typed()) return arm(mode === name ? "" : name);
  const li = item();
  const figure = typed();
  field.value = "";
  arm("");
  if (!li?.dataset.url) return showToast({ text: document.getElementById("scan").dataset.noLine, tone: "wait" });
  const values = name === "quantity" ? { quantity: figure } : name === "price" ? { price: figure }
    : { discount: name === "percent" ? `${figure} %` : `€ ${figure}` };
  send(li, values);
}

// through an element of its own, so that key and revision are read when its turn comes
function send(li, values) {
  const button = document.createElement("button");
  button.type = "button";
  button.hidden = true;
  button.setAttribute("hx-post", li.dataset.url);
  button.setAttribute("hx-include", `#bon-marks, #${li.id}m`);
  button.setAttribute("hx-swap", "none");
  button.setAttribute("hx-vals", JSON.stringify(values));
  document.body.append(button);
  window.htmx.process(button);
  button.addEventListener("htmx:afterRequest", () => setTimeout(() => button.remove()));
  button.click();
}

// what stands on the keypad when an article comes: so many pieces of it
function pieces() {
  const found = /^([1-9]\d{0,2})[x×*]?$/i.exec(typed());
  field.value = "";
  arm("");
  return found ? Number(found[1]) : 1;
}

function put(more) {
  document.dispatchEvent(new CustomEvent("scan:code", { detail: { code: "", quantity: pieces(), more } }));
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  if (at("[data-digit]")) return press(at("[data-digit]").dataset.digit);
  const fn = at("[data-fn]")?.dataset.fn;
  if (fn === "clear") {
    field.value = "";
    return arm("");
  }
  if (fn === "times") {
    field.value = /^[1-9]\d{0,2}$/.test(typed()) ? `${typed()}x` : "";
    return undefined;
  }
  if (fn) return apply(fn);
  if (at("[data-toets]")) return put({ toets: at("[data-toets]").dataset.toets });
  if (at("[data-variant]")) {
    topDialog()?.close();
    return put({ variant: at("[data-variant]").dataset.variant });
  }
  if (at("[data-window]")) {
    document.dispatchEvent(new CustomEvent("open-dialog", { detail: { url: at("[data-window]").dataset.window } }));
    return undefined;
  }
  if (at("[data-fill]")) {
    document.getElementById(at("[data-fill]").dataset.fill).value = at("[data-fill]").dataset.value;
  }
  return undefined;
});

// ---- pages of quick keys -----------------------------------------------------------------------------------------
function open(tab) {
  for (const other of tab.parentElement.querySelectorAll("[role=tab]")) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !on;
  }
  if (tab.id.startsWith("tab-")) remember("till-page", tab.id);
}

function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch { /* storage is off */ }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[role=tab][aria-controls]");
  if (tab) open(tab);
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab][aria-controls]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.parentElement.querySelectorAll("[role=tab]")];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  open(next);
});
try {
  const kept = document.getElementById(sessionStorage.getItem("till-page") ?? "");
  if (kept) open(kept);
} catch { /* storage is off */ }

// ---- the window of colours and sizes by touch: a touch is one piece more, the digits overwrite --------------------
let cell = null;
const cells = ".matrix-dialog .mx > input";

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.(cells)) {
    cell = event.target;
    cell.inputMode = "none";
  }
});
function write(value) {
  cell.value = value;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
  cell.focus();
  cell.select();
}
let begun = false; // the next digit goes behind the one before it
document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-cell-digit]")?.dataset.cellDigit;
  if (key && cell?.isConnected) {
    write(key === "clear" ? "" : begun ? cell.value + key : key);
    begun = key !== "clear";
  } else if (event.target.matches?.(cells) && event.pointerType !== "") {
    begun = false;
    cell = event.target;
    write(String((Number(cell.value.replace(",", ".")) || 0) + 1).replace(".", ","));
  }
});

// ---- the lock ------------------------------------------------------------------------------------------------------
const pin = document.getElementById("pin");
document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-pin]")?.dataset.pin;
  if (!key) return;
  pin.value = key === "clear" ? "" : key === "back" ? pin.value.slice(0, -1) : (pin.value + key).slice(0, 6);
});
document.addEventListener("change", (event) => {
  if (event.target.name === "employee" && pin) pin.value = "";
});

// ---- somebody is there, or not -------------------------------------------------------------------------------------
const lock = document.getElementById("lock-form");
const idle = Number(document.body.dataset.idle) * 1000;
let touched = Date.now();
let told = Date.now();

function there() {
  touched = Date.now();
  if (touched - told < 60000) return;
  told = touched;
  const csrf = document.querySelector('meta[name="csrf-token"]').content;
  fetch(document.body.dataset.alive, { method: "POST", headers: { "X-CSRFToken": csrf, "HX-Request": "true" } }).catch(() => {});
}
if (lock && idle) {
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, there, { passive: true, capture: true });
  setInterval(() => {
    if (Date.now() - touched < idle || document.querySelector("[data-busy-payment]") || document.documentElement.dataset.offline) return;
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "idle";
    mark.value = "1";
    lock.append(mark);
    lock.requestSubmit();
    touched = Date.now();
  }, 5000);
}

// the clock of the bar
const clock = document.querySelector("[data-clock]");
if (clock) setInterval(() => { clock.textContent = new Date().toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" }); }, 10000);
// ---- what happens elsewhere: asked every four seconds, only while somebody can see it ------------------------------
const POLL_MS = 4000;

async function poll() {
  const place = document.querySelector("[data-poll]");
  if (!place || document.visibilityState !== "visible" || topDialog()) return undefined;
  const query = new URLSearchParams(place.dataset.query);
  query.set("v", place.dataset.version || "0");
  let answer;
  try {
    answer = await fetch(`${place.dataset.poll}?${query}`, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(10000) });
  } catch {
    return offline(); // asked again soon
  }
  if ([502, 503, 504].includes(answer.status)) return offline();
  online();
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) return location.assign(elsewhere);
  if (answer.status !== 200) return undefined;
  const html = await answer.text();
  hold();
  window.htmx.swap(document.body, html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  restore();
  return undefined;
}
if (document.querySelector("[data-poll]")) {
  setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", poll);
}

// without a connection paying is off, and nothing leaves the screen: what is on it would be lost
document.addEventListener("click", (event) => {
  if (!document.documentElement.dataset.offline || !event.target.closest?.("a[href], .go-pay, #lock-form button, .feet [type=submit]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  showToast({ text: document.body.dataset.noLine, tone: "wait" });
}, true);

// ---- small things of the work screens ------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  if (at("[data-print]")) return window.print();
  const key = at("[data-into]");
  if (key) {
    const into = document.getElementById(key.dataset.into);
    into.value = key.dataset.add === "clear" ? "" : into.value + key.dataset.add;
  }
  return undefined;
});

// Maak order: the label of the day follows the way, own fields follow the Soort
function follow() {
  const way = document.querySelector("[name=delivery_method]:checked");
  const labels = document.querySelector("[data-date-labels]");
  const label = labels?.querySelector("label");
  if (way && label) label.firstChild.textContent = `${labels.dataset[way.dataset.kind]} `;
  const kind = document.querySelector("#order-form [name=order_type]")?.value;
  for (const own of document.querySelectorAll("[data-of-type]")) own.hidden = own.dataset.ofType !== kind;
}
document.addEventListener("change", follow);
follow();

// Kies Order: what is chosen stands below; typing or scanning with the cursor nowhere goes to the search field
document.addEventListener("change", (event) => {
  const say = document.querySelector("[data-chosen]");
  if (!say || event.target.name !== "order") return;
  const who = document.createElement("b");
  const what = document.createElement("span");
  who.textContent = event.target.dataset.who;
  what.className = "soft";
  what.textContent = event.target.dataset.what;
  say.replaceChildren(who, what);
});
const search = document.querySelector("[data-scan-search]");
if (search) {
  document.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.altKey && document.activeElement === document.body) search.focus();
  });
}

// how many come back: steps between nothing and what may
const amountOf = (text) => Number(text.replaceAll(".", "").replace(",", ".")) || 0;
document.addEventListener("click", (event) => {
  const step = event.target.closest?.("[data-count-step]");
  if (step) {
    const box = step.closest("li").querySelector("input");
    const number = amountOf(box.value) + Number(step.dataset.countStep);
    box.value = String(Math.min(Math.max(number, 0), amountOf(box.dataset.most))).replace(".", ",");
  }
  if (event.target.closest?.("[data-count-all]")) {
    for (const box of event.target.closest("dialog").querySelectorAll("[data-most]")) box.value = box.dataset.most;
  }
});

// a PIN payment that is not known yet is asked about again
const again = document.querySelector("[data-ask-again]");
if (again) setTimeout(() => again.requestSubmit(), 2000);

// the count of the drawer
const counted = document.querySelector("[data-counted]");
if (counted) {
  const euros = new Intl.NumberFormat("nl-NL", { style: "currency", currency: "EUR" });
  const count = () => {
    let sum = 0;
    for (const box of document.querySelectorAll(".count-grid input")) sum += Math.round(Number(box.dataset.value) * 100) * (Number(box.value) || 0);
    counted.textContent = euros.format(sum / 100);
  };
  document.addEventListener("input", count);
  count();
}
document.documentElement.dataset.till = "ready";
