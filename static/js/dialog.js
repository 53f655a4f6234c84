// Dialogs. What htmx puts into #dialog-host is opened with showModal(); a dialog of the page is opened by
// [data-dialog-open="id"]. [data-dialog-close], Esc, or the event dialog:close (HX-Trigger) shuts the topmost.
// The focus goes to [autofocus], else the first field that is wrong, else the first field; and back to the opener after.
import { findAgain, remember } from "./focus.js";
import { place } from "./toast.js";

const host = document.getElementById("dialog-host");
const openers = new WeakMap();
let pending = null;

function firstFocus(dialog) {
  const fields = "input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)";
  return dialog.querySelector("[autofocus]")
    ?? dialog.querySelector("[aria-invalid=true]")
    ?? dialog.querySelector(`.in :is(${fields})`)
    ?? dialog.querySelector(fields)
    ?? dialog.querySelector("footer button, button");
}

export function openDialog(dialog, opener) {
  openers.set(dialog, opener ?? remember(document.activeElement));
  if (!dialog.open) dialog.showModal();
  firstFocus(dialog)?.focus();
  place();
}

// whoever holds something unsaved may keep the dialog open: it takes the event dialog:leave and asks first
function leave(dialog) {
  if (dialog?.dispatchEvent(new CustomEvent("dialog:leave", { bubbles: true, cancelable: true }))) dialog.close();
}

export function topDialog() {
  return [...document.querySelectorAll("dialog[open]")].filter((dialog) => dialog.matches(":modal")).at(-1);
}

function giveBack(dialog) {
  place();
  const opener = openers.get(dialog);
  const element = opener && findAgain(opener);
  if (!element || topDialog()?.contains(document.activeElement)) return;
  element.focus({ preventScroll: true });
  // a dialog that closes gives its opener the focus, but not the caret: what is typed then goes nowhere
  if (element.selectionStart != null) element.setSelectionRange(element.selectionStart, element.selectionEnd);
}

// whoever asks for the host's content is the opener
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === host && !host.contains(event.detail.elt)) pending = remember(event.detail.elt);
});

if (host) {
  new MutationObserver((records) => {
    const gone = records.flatMap((record) => [...record.removedNodes]).filter((node) => node.nodeName === "DIALOG");
    const come = [...host.children].filter((node) => node.nodeName === "DIALOG" && !openers.has(node));
    const inherited = gone.map((dialog) => openers.get(dialog)).find(Boolean);
    for (const dialog of come) openDialog(dialog, inherited ?? pending);
    if (come.length) pending = null;
    if (!come.length) gone.forEach(giveBack);
  }).observe(host, { childList: true });
}

document.addEventListener("close", (event) => {
  const dialog = event.target;
  if (dialog.nodeName !== "DIALOG") return;
  if (host.contains(dialog)) {
    place();
    dialog.remove();
  } else giveBack(dialog);
}, true);

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog-open]");
  if (opener) {
    const menu = opener.closest("[popover]");
    const from = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : opener;
    menu?.hidePopover();
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog && !dialog.open) openDialog(dialog, remember(from));
    return;
  }
  event.target.closest?.("[data-dialog-close]")?.closest("dialog") && leave(event.target.closest("dialog"));
});

document.addEventListener("dialog:close", () => {
  for (const dialog of [...host.querySelectorAll("dialog")].reverse()) dialog.open ? dialog.close() : dialog.remove();
});

// Esc by hand: after a list inside the dialog took one Esc, the browser swallows the next
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || document.querySelector(":popover-open")) return;
  const dialog = topDialog();
  if (!dialog) return;
  event.preventDefault();
  leave(dialog);
});

// the back gesture of a touch screen
document.addEventListener("cancel", (event) => {
  if (event.target.nodeName !== "DIALOG") return;
  event.preventDefault();
  leave(event.target);
}, true);
