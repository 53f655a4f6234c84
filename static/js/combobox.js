// Comboboxes (WAI-ARIA: editable, list). <div class="combo" data-combo data-url="..."> holds a hidden input with the
// value, a text input with role=combobox, and an empty list. Typing asks data-url?q=... for options, or filters those of
// <template data-options>. A choice sets the hidden value and sends `change` from the hidden input, so that htmx can save;
// `combo:choose` tells everything else. data-combo-go: a choice goes to the option's data-href. data-combo-once: a choice
// empties the field again (adding lines). data-min: characters before asking, else 0.
import { offline, online } from "./offline.js";
import { say, texts } from "./text.js";

const WAIT_MS = 150;
const state = new WeakMap();

// the fold of core/search.py, for options that are at hand
const LETTERS = { ı: "i", ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ŧ: "t", æ: "ae", œ: "oe", þ: "th", ß: "ss" };
const plain = (text) => text.replace(/['`´‘’‛′‵ʹʻʼʽʾʿˈˊˋ՚ꞌ＇｀]/g, "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  .replace(/[ıłøđðħŧæœþß]/g, (letter) => LETTERS[letter]);

function parts(combo) {
  if (!state.has(combo)) {
    const input = combo.querySelector("[role=combobox]");
    state.set(combo, {
      combo, input, list: combo.querySelector("[role=listbox]"), hidden: combo.querySelector("input[type=hidden]"),
      timer: null, abort: null, kept: input.value, busy: null, enter: false,
    });
  }
  return state.get(combo);
}

const of = (target) => {
  const combo = target.closest?.("[data-combo]");
  return combo && target.matches("[role=combobox]") ? parts(combo) : null;
};

const options = (box) => [...box.list.querySelectorAll('[role=option]:not([aria-disabled="true"])')];
const isOpen = (box) => !box.list.hidden;

function show(box, html) {
  if (html !== undefined) box.list.innerHTML = html;
  const found = options(box);
  found.forEach((option, at) => {
    option.id = `${box.list.id}-${at}`;
    option.setAttribute("aria-selected", "false");
  });
  if (!found.length && !box.list.querySelector(".none")) {
    box.list.innerHTML = "";
    const none = document.createElement("div");
    none.className = "none";
    none.setAttribute("role", "option");
    none.setAttribute("aria-disabled", "true");
    none.setAttribute("aria-selected", "false");
    none.textContent = texts.none;
    box.list.append(none);
  }
  box.list.hidden = false;
  box.input.setAttribute("aria-expanded", "true");
  say(found.length ? `${found.length} ${texts.found}` : texts.none);
  const same = found.find((option) => box.hidden?.value && option.dataset.value === box.hidden.value);
  mark(box, same ?? (box.input.value.trim() ? found[0] : null));
  if (box.enter) {
    box.enter = false;
    const first = current(box);
    if (first) choose(box, first);
  }
}

function hide(box) {
  clearTimeout(box.timer);
  box.abort?.abort();
  box.enter = false;
  box.list.hidden = true;
  box.input.setAttribute("aria-expanded", "false");
  box.input.removeAttribute("aria-activedescendant");
}

function mark(box, option) {
  for (const other of options(box)) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    box.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else box.input.removeAttribute("aria-activedescendant");
}

const current = (box) => box.list.querySelector('[aria-selected="true"]');

function choose(box, option) {
  const { value = "", label = "", href } = option.dataset;
  const chosen = new CustomEvent("combo:choose", { bubbles: true, cancelable: true, detail: { value, label, option } });
  hide(box);
  if (!box.combo.dispatchEvent(chosen)) return;
  if ("comboGo" in box.combo.dataset && href) return location.assign(href);
  box.input.value = label;
  set(box, value, label);
  if (document.activeElement === box.input) box.input.select();
  if ("comboOnce" in box.combo.dataset) {
    box.input.value = box.kept = "";
    if (box.hidden) box.hidden.value = "";
  }
}

function set(box, value, label) {
  box.kept = label;
  box.input.removeAttribute("aria-invalid");
  if (!box.hidden || box.hidden.value === value) return;
  box.hidden.value = value;
  box.hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

// an option of a long list comes as its value and its words alone
function whole({ dataset, textContent }) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  Object.assign(option.dataset, { value: dataset.value, label: textContent });
  option.append(Object.assign(document.createElement("span"), { textContent }));
  return option;
}

function filter(box) {
  const template = box.combo.querySelector("template[data-options]");
  const words = box.input.value === box.kept ? [] : plain(box.input.value).split(/\s+/).filter(Boolean);
  const holder = document.createElement("div");
  holder.append(template.content.cloneNode(true));
  for (const short of holder.querySelectorAll("i[data-value]")) short.replaceWith(whole(short));
  for (const option of holder.querySelectorAll("[role=option]")) {
    const text = plain(option.textContent);
    if (!words.every((word) => text.includes(word))) option.remove();
  }
  show(box, holder.innerHTML);
}

async function ask(box) {
  if (!box.combo.dataset.url) return filter(box);
  const typed = box.input.value === box.kept && box.hidden?.value ? "" : box.input.value.trim();
  if (typed.length < Number(box.combo.dataset.min ?? ("comboGo" in box.combo.dataset ? 2 : 0))) return hide(box);
  box.abort?.abort();
  const abort = box.abort = new AbortController();
  const slow = setTimeout(() => box.input.setAttribute("aria-busy", "true"), 300);
  try {
    const url = new URL(box.combo.dataset.url, location.href);
    url.searchParams.set("q", typed);
    const answer = await fetch(url, {
      signal: abort.signal,
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
    });
    online();
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) return location.assign(elsewhere);
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (box.abort === abort && document.activeElement === box.input) show(box, html);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error instanceof TypeError) offline();
    hide(box);
  } finally {
    clearTimeout(slow);
    if (box.abort === abort) box.input.removeAttribute("aria-busy");
  }
}

function soon(box) {
  clearTimeout(box.timer);
  box.timer = setTimeout(() => { box.timer = null; ask(box); }, box.combo.dataset.url ? WAIT_MS : 0);
}

// leaving the field: an emptied field is an emptied value; anything else that was not chosen goes back
function leave(box) {
  hide(box);
  if (box.input.value === box.kept) return;
  if (!box.input.value.trim() && !("required" in box.combo.dataset)) return set(box, "", "");
  if (box.hidden) box.input.value = box.kept;
}

document.addEventListener("input", (event) => {
  const box = of(event.target);
  if (box) soon(box);
});

document.addEventListener("keydown", (event) => {
  const box = of(event.target);
  if (!box || event.isComposing || event.ctrlKey || event.metaKey) return;
  const list = options(box);
  const at = list.indexOf(current(box));
  if (event.altKey && event.key !== "ArrowDown") return;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp": {
      event.preventDefault();
      if (!isOpen(box)) return void ask(box);
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(box, list[at < 0 && step < 0 ? list.length - 1 : (at + step + list.length) % list.length]);
      break;
    }
    case "Enter":
      if (box.timer || (box.abort && !isOpen(box) && box.input.value !== box.kept)) {
        event.preventDefault();
        box.enter = true; // the answer is under way: take its first
      } else if (isOpen(box)) {
        event.preventDefault();
        if (current(box)) choose(box, current(box));
      }
      break;
    case "Tab":
      if (isOpen(box) && current(box) && box.input.value !== box.kept && !event.shiftKey) choose(box, current(box));
      break;
    case "Escape":
      if (isOpen(box)) {
        event.preventDefault();
        event.stopPropagation();
        hide(box);
        if (box.hidden) box.input.value = box.kept;
      }
      break;
    default:
  }
});

document.addEventListener("focusin", (event) => {
  const box = of(event.target);
  if (box) box.input.select();
});
document.addEventListener("focusout", (event) => {
  const box = of(event.target);
  if (box && box.input.isConnected) leave(box);
});
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.("[data-combo] [role=listbox]")) event.preventDefault(); // the focus stays in the field
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("[data-combo] [role=option]");
  const combo = event.target.closest?.("[data-combo]");
  if (option && option.getAttribute("aria-disabled") !== "true") choose(parts(combo), option);
  else if (event.target.matches?.("[data-combo] [role=combobox]") && !isOpen(parts(combo)) && !("comboGo" in combo.dataset)) ask(parts(combo));
});
