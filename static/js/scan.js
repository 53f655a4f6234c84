// Scanning by keyboard wedge. A scanner types a code very fast and ends with Enter or Tab, wherever the focus is: what
// leaked into a field is taken out again, and Enter presses nothing. Scans wait in a list and are sent one by one, in
// order, each with the key that the answer before it brought; none is lost and none counts twice.
import { sound } from "./sound.js";
import { place, showToast } from "./toast.js";
import { topDialog } from "./dialog.js";
import { offline, online } from "./offline.js";
import { hold, restore } from "./focus.js";
import { turn } from "./order.js";

const FAST_MS = 60;      // between two characters in a field: faster than fingers
const FAST_MEAN_MS = 40;
const SLOW_MS = 400;     // with nothing focused a scanner may pause
const SHOWN_MS = 1200;
const AGAIN_MS = 2000;
const LEAST = 4;         // characters of a code that was scanned into a field
const LONGEST = 300;

const line = document.getElementById("scan");
const field = document.getElementById("scan-code");
const say = line.querySelector("[data-say]");
const count = line.querySelector("[data-count]");
const alarm = document.getElementById("scan-alert");
const link = line.querySelector("[data-link]");
const words = line.dataset;
const store = `scans:${line.dataset.url}`;

const queue = [];
let sending = false;
let key = line.dataset.key;
let times = 1;
let back = null;

// ---- the list -------------------------------------------------------------------------------------------------
function keep() {
  try {
    if (queue.length) sessionStorage.setItem(store, JSON.stringify(queue));
    else sessionStorage.removeItem(store);
  } catch { /* storage is off: the list lives as long as the page */ }
  document.dispatchEvent(new CustomEvent("scan:queue", { detail: { queue } }));
}

// more: what else says which article it is (a quick key of the till)
function add(code, quantity, more = {}) {
  queue.push({ code, quantity, more });
  keep();
  waiting();
  send();
}

function waiting() {
  const number = queue.length - (sending && !document.documentElement.dataset.offline ? 1 : 0);
  if (number <= 0) return;
  if (document.documentElement.dataset.offline || number > 1) {
    count.textContent = number === 1 ? words.waitingOne : `${number} ${words.waiting}`;
  }
}

async function send() {
  if (sending || !queue.length) return;
  sending = true;
  const release = await turn();
  while (queue.length) {
    const scan = queue[0];
    scan.key ??= key;
    keep();
    if (!(await post(scan))) break;
    queue.shift();
    keep();
  }
  sending = false;
  release();
  if (!queue.length && !back) armed();
}

function csrf() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

// true: this scan is dealt with; false: it waits
async function post(scan) {
  let answer;
  try {
    // a form that the scan counts in goes along as it stands now
    const body = new URLSearchParams(words.form ? new FormData(document.getElementById(words.form)) : undefined);
    for (const [name, value] of Object.entries({ ...scan.more, code: scan.code, quantity: scan.quantity, key: scan.key })) body.set(name, value);
    for (const mark of document.querySelectorAll("#foot-marks [name=shown], #line-page")) body.set(mark.name, mark.value);
    answer = await fetch(words.url, {
      method: "POST", body, signal: AbortSignal.timeout(30000),
      headers: { "HX-Request": "true", "HX-Current-URL": location.href, "X-CSRFToken": csrf() },
    });
  } catch {
    return later();
  }
  if ([502, 503, 504].includes(answer.status)) return later();
  online();
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) {
    location.assign(elsewhere);
    return false;
  }
  if (answer.status >= 500 && !scan.again) {
    scan.again = true;      // the same key: whatever happened, it happens once
    return post(scan);
  }
  const events = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
  const { scanned } = events;
  if (!scanned) {
    show("unknown", `${words.failed} ${scan.code}`);
    return true;
  }
  key = scanned.key;
  if (scanned.code === "key.reused" && !scan.renewed) {
    scan.renewed = true;
    scan.key = key;
    return post(scan);
  }
  if (answer.ok && answer.status !== 204) draw(await answer.text(), scan);
  for (const [name, detail] of Object.entries(events)) {
    if (name !== "scanned") document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
  shown(scanned);
  return true;
}

function later() {
  offline({ writing: true, again: send });
  waiting();
  setTimeout(send, AGAIN_MS);
  return false;
}
window.addEventListener("online", () => send());

function draw(html, scan) {
  if (!html.trim()) return;
  hold();
  window.htmx.swap(document.body, html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  restore();
  document.dispatchEvent(new CustomEvent("scan:shown", { detail: { scan } }));
}

function shown({ state, text, count: number, url, go, link: linked = "" }) {
  show(state, text, number);
  offerLink(linked, text);
  if (go) location.assign(go);
  if (state === "choose" && url) {
    document.dispatchEvent(new CustomEvent("open-dialog", { detail: { url } }));
  }
}

// a dialog answered in place of a scan (a code that was linked, a large quantity that was meant)
document.addEventListener("scanned", (event) => {
  key = event.detail.key;
  shown(event.detail);
  event.target.closest?.("dialog[data-sure]")?.close();
});

// an unknown code can be linked until the next scan is answered
function offerLink(url, text) {
  if (!link) return;
  link.hidden = !url;
  link.dataset.link = url;
  link.querySelector("[data-link-code]").textContent = url ? ` (${text})` : "";
}
link?.addEventListener("click", () => {
  document.dispatchEvent(new CustomEvent("open-dialog", { detail: { url: link.dataset.link } }));
});

// ---- what the line says ----------------------------------------------------------------------------------------
function show(state, text, number = "") {
  clearTimeout(back);
  paint(state, text, number);
  if (state === "unknown") alarm.textContent = text;
  sound(state);
  back = setTimeout(() => { back = null; armed(); }, state === "unknown" ? SHOWN_MS * 3 : SHOWN_MS);
}

function paint(state, text, number = "") {
  words.state = state;
  for (const icon of line.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== state;
  say.textContent = text;
  count.textContent = number;
}

function armed() {
  paint("armed", times > 1 ? `${times} ${words.times}` : words.armed);
  if (queue.length) waiting();
  else alarm.textContent = "";
}

// ---- a code, from the scanner or by hand -----------------------------------------------------------------------
function take(typed) {
  const text = typed.trim();
  if (!text) return;
  const found = /^([1-9]\d{0,4})\s*[x×*]\s*(.*)$/i.exec(text);
  if (found && !found[2]) {
    times = Number(found[1]);
    clearTimeout(back);
    back = null;
    return armed();
  }
  const quantity = found ? Number(found[1]) : times;
  times = 1;
  deliver(found ? found[2] : text, quantity);
}

function deliver(code, quantity) {
  const dialog = topDialog();
  if (!dialog) return add(code, quantity);
  if ("scanHere" in dialog.dataset) {
    dialog.dispatchEvent(new CustomEvent("scan", { bubbles: true, detail: { code, quantity } }));
    return;
  }
  sound("unknown");
  showToast({ text: `${words.dialog} (${code}).`, tone: "bad" });
  place();
}
document.addEventListener("scan:code", ({ detail }) => add(detail.code, detail.quantity, detail.more));

// ---- the scanner's keys -----------------------------------------------------------------------------------------
let burst = null; // {text, first, last, slowest, target, before}
let prefix = words.prefix; // the key that the scanner of this till or desk sends first, "F9"
let idle = null;
document.addEventListener("scan-prefix", (event) => { prefix = event.detail.prefix; });

const typesIn = (target) => target.matches?.("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, [contenteditable=true]");

function begin(event, swallow = false, pause = Infinity) {
  const target = event.target;
  // a scanner that falters in the scan field goes on with the same code
  const goesOn = target === field && burst?.target === field && burst.before && pause <= SLOW_MS;
  const before = goesOn ? burst.before : typesIn(target) && "value" in target ? { value: target.value, start: target.selectionStart, end: target.selectionEnd } : null;
  burst = { text: "", first: event.timeStamp, last: event.timeStamp, slowest: 0, target, before, swallow };
}

function isScan() {
  if (burst.swallow) return burst.text.length > 0;
  if (!burst.before) return burst.text.length >= 3 || /^\d+[x×*]$/i.test(burst.text);
  const gaps = burst.text.length - 1;
  return burst.text.length >= LEAST && burst.slowest <= FAST_MS && (burst.last - burst.first) / gaps <= FAST_MEAN_MS;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (["Shift", "CapsLock", "AltGraph"].includes(event.key)) return;
  if (prefix && event.key === prefix) {
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(idle);
    return begin(event, true);
  }
  if (event.key.length === 1) return character(event);
  if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) return terminator(event);
  burst = null;
}, true);

function character(event) {
  const pause = burst ? event.timeStamp - burst.last : Infinity;
  const limit = burst?.swallow || (burst && !burst.before) ? SLOW_MS : FAST_MS;
  if (!burst || pause > limit || burst.target !== event.target || burst.text.length >= LONGEST) begin(event, false, pause);
  else if (burst.text) burst.slowest = Math.max(burst.slowest, pause);
  burst.text += event.key;
  burst.last = event.timeStamp;
  if (burst.swallow || (!burst.before && burst.text.length > 1)) {
    event.preventDefault(); // a space presses no button, a letter no shortcut
    event.stopImmediatePropagation();
  }
  if (burst.swallow) {
    clearTimeout(idle);
    idle = setTimeout(byHand, SLOW_MS);
  }
}

// the key was pressed by hand, and what followed was typing: it comes in the field after all
function byHand() {
  const { text, target, before } = burst ?? {};
  burst = null;
  if (!before || !target.isConnected) return;
  target.setRangeText?.(text, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

function terminator(event) {
  clearTimeout(idle);
  const fast = burst && event.timeStamp - burst.last <= (burst.before && !burst.swallow ? FAST_MS * 2 : SLOW_MS) && burst.target === event.target;
  if (fast && isScan()) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const { text, before, target, swallow } = burst;
    burst = null;
    let typed = text;
    // "5x" that stands in the field, typed or from the keypad of the till, belongs to what is scanned now
    const times = /^\d+\s*[x×*]\s*$/i;
    if (before && !swallow) {
      if (target === field) {
        const added = field.value.startsWith(before.value) ? field.value.slice(before.value.length) : "";
        const fresh = added.endsWith(text) ? added : text;
        typed = times.test(before.value) ? before.value + fresh : fresh;
        field.value = "";
      } else giveBack(target, before);
    }
    if ((target !== field || swallow) && times.test(field.value)) {
      typed = field.value + text;
      field.value = "";
    }
    return take(typed);
  }
  burst = null;
  if (event.target === field && event.key === "Enter") {
    event.preventDefault();
    take(field.value);
    field.value = "";
  }
}

// the field gets back what it held, and whoever listened to the typing hears so
function giveBack(target, before) {
  target.value = before.value;
  try {
    target.setSelectionRange(before.start, before.end);
  } catch { /* a kind of input without a caret */ }
  target.dispatchEvent(new Event("input", { bubbles: true }));
  if (target.matches("[role=combobox]")) target.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
}

// ---- begin -------------------------------------------------------------------------------------------------------
try {
  queue.push(...JSON.parse(sessionStorage.getItem(store) ?? "[]"));
} catch { /* nothing was kept */ }
document.documentElement.dataset.scanning = "ready";
if (queue.length) send();
