// Focus stays on the same thing after a swap: by id, else by data-focus-key, with the caret, and with what was typed
// since the request left.

export function remember(element) {
  if (!element || element === document.body) return null;
  const holder = element.closest?.("[data-focus-key]");
  return { element, id: element.id, key: holder?.dataset.focusKey ?? "" };
}

export function findAgain(memory) {
  if (!memory) return null;
  if (memory.element?.isConnected) return memory.element;
  const byId = memory.id && document.getElementById(memory.id);
  if (byId) return byId;
  const holder = memory.key && document.querySelector(`[data-focus-key="${CSS.escape(memory.key)}"]`);
  if (!holder) return null;
  return holder.matches("input, button, select, textarea, a") ? holder : holder.querySelector("input, button, select, textarea, a");
}

const sent = new WeakMap();
let held = null;

// what a closed combobox shows was chosen, not typed since
const chosen = (element) => element.matches("[role=combobox]:not([aria-expanded=true])");
const isField = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea");

function caret(field) {
  try {
    return [field.selectionStart, field.selectionEnd, field.selectionDirection];
  } catch {
    return null;
  }
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isField(event.detail.elt)) sent.set(event.detail.elt, event.detail.elt.value);
});

export function hold() {
  const active = document.activeElement;
  const memory = remember(active);
  if (!memory) return;
  held = memory;
  if (!isField(active)) return;
  const known = sent.has(active) ? sent.get(active) : active.defaultValue;
  held = { ...memory, caret: caret(active), typed: active.value === known || chosen(active) ? null : active.value };
}

export function restore() {
  if (!held || held.element?.isConnected) return;
  const element = findAgain(held);
  if (!element) return;
  if (held.typed != null && isField(element)) element.value = held.typed;
  if (document.activeElement !== element) element.focus({ preventScroll: true });
  if (held.caret && isField(element)) {
    try {
      element.setSelectionRange(...held.caret);
    } catch { /* a kind of input without a caret */ }
  }
  held = null;
}

document.addEventListener("htmx:beforeSwap", hold);
document.addEventListener("htmx:afterSwap", restore);
document.addEventListener("htmx:oobAfterSwap", restore);
document.addEventListener("htmx:afterSettle", () => { restore(); held = null; });

// an amount that was filled in is overwritten by typing
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("input[data-select]")) event.target.select();
});
