// The order screen beside htmx: what was typed since a request left is not overwritten, Enter goes down the column, the
// menu of a line, confirming waits for what is still being saved, dialogs that the server asks for.
import { showToast } from "./toast.js";

const sent = new WeakMap();

// ---- one write at a time, in the order in which they were asked: each answer shows all that came before it ------
const line = [];
let locked = false;

// turn(): resolves to a function that gives the turn to the next
export function turn() {
  return new Promise((resolve) => {
    line.push(resolve);
    next();
  });
}

function next() {
  if (locked || !line.length) return;
  locked = true;
  let over = false;
  line.shift()(() => {
    if (over) return;
    over = true;
    locked = false;
    next();
  });
}

const done = new WeakMap();
let starting = null;

document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, issueRequest } = event.detail;
  if (verb === "get") return;
  event.preventDefault();
  turn().then((release) => {
    if (!elt.isConnected || (elt.id === "confirm-order" && !mended())) {
      release();
      return typeAgain(elt);
    }
    starting = release;
    issueRequest(true);
    starting?.(); // it did not leave
    starting = null;
  });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!starting || event.detail.requestConfig.verb === "get") return;
  done.set(event.detail.xhr, starting);
  starting = null;
});
document.addEventListener("htmx:afterRequest", (event) => done.get(event.detail.xhr)?.());

// the field or button was drawn anew while its change waited: the change goes on from the new one
function typeAgain(elt) {
  const again = elt.id && "value" in elt && !elt.isConnected ? document.getElementById(elt.id) : null;
  if (again?.matches("button")) return again.click();
  if (!again || again.value === elt.value) return;
  again.value = elt.value;
  again.dispatchEvent(new Event("change", { bubbles: true }));
}

// nothing that stands marked unsaved is left behind by confirming
function mended() {
  const wrong = document.querySelector("[data-unsaved]");
  if (!wrong) return true;
  wrong.focus();
  showToast({ text: document.getElementById("scan").dataset.mend, tone: "wait" });
  return false;
}

// ---- each write says what the screen shows (and which page of lines), so that the answer draws what somebody else changed meanwhile ------
document.addEventListener("htmx:configRequest", (event) => {
  const { parameters, verb } = event.detail;
  if (verb === "get") return;
  for (const mark of document.querySelectorAll("#foot-marks [name=shown], #line-page")) {
    if (parameters[mark.name] === undefined) parameters[mark.name] = mark.value;
  }
});

// ---- a field with newer typing than what was sent stays as it is; its own change follows ------------------------
document.addEventListener("htmx:configRequest", (event) => {
  const { elt } = event.detail;
  if (elt.matches?.("input, textarea, select")) sent.set(elt, elt.value);
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (!target.matches(".cell-box, .field")) return;
  for (const field of target.querySelectorAll(".cell, .input")) {
    const newer = field.matches("[role=combobox]")
      ? field.getAttribute("aria-expanded") === "true"
      : field.value !== (sent.get(field) ?? field.defaultValue);
    if (newer) event.detail.shouldSwap = false;
  }
});

// Enter in a cell: the same column, one line down (Shift: up); Alt and the arrows move the line
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("tr[data-url]");
  if (!row) return;
  if (event.key === "Enter" && event.target.matches(".cell") && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    const column = [...document.querySelectorAll(`#lines-table .cell[name="${event.target.name}"]`)];
    const next = column[column.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    if (next) {
      next.focus();
      next.select();
    } else event.target.blur();
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    event.target.blur();
    act(row, "verplaatsen/", { to: event.key === "ArrowUp" ? "up" : "down" });
    event.target.focus();
  }
});

function act(row, path, values) {
  const key = row.querySelector("input[name=key]").value;
  window.htmx.ajax("POST", row.dataset.url + path, { source: row, swap: "none", values: { key, ...values } });
}

// one menu for all lines
const menu = document.getElementById("line-menu");
let menuRow = null;
let menuButton = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-line-menu]");
  if (button) {
    menuButton = button;
    menuRow = button.closest("tr").id;
    menu.showPopover();
    const at = button.getBoundingClientRect();
    const top = at.bottom + 2 + menu.offsetHeight > innerHeight ? at.top - menu.offsetHeight - 2 : at.bottom + 2;
    menu.style.left = `${Math.max(4, at.right - menu.offsetWidth)}px`;
    menu.style.top = `${top}px`;
    menu.querySelector("button").focus();
    return;
  }
  const item = event.target.closest?.("[data-line-act]");
  if (!item) return;
  menu.hidePopover();
  menuButton?.focus();
  const row = document.getElementById(menuRow);
  if (row) act(row, item.dataset.lineAct, item.dataset.to ? { to: item.dataset.to } : {});
});

// what came in is brought into sight, and only the last of it is marked
document.addEventListener("htmx:afterSettle", mark);
document.addEventListener("scan:shown", mark);
function mark() {
  const fresh = [...document.querySelectorAll("#lines-table tr[data-new]:not([data-seen])")];
  if (!fresh.length) return;
  for (const old of document.querySelectorAll("#lines-table tr[data-seen]")) {
    old.removeAttribute("data-new");
    old.removeAttribute("data-seen");
  }
  for (const row of fresh) row.setAttribute("data-seen", "");
  fresh.at(-1).scrollIntoView({ block: "nearest" });
}

// Ja to large quantities: the form below the question is sent once more, and says that they are meant
document.addEventListener("click", (event) => {
  const yes = event.target.closest?.("[data-sure-form]");
  const form = yes && document.getElementById(yes.dataset.sureForm);
  if (!form) return;
  const sure = document.createElement("input");
  Object.assign(sure, { type: "hidden", name: "sure", value: "1" });
  form.append(sure);
  yes.closest("dialog").close();
  form.requestSubmit();
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.parameters.sure && event.detail.elt.matches("#picker-chosen, #matrix-form")) {
    event.detail.elt.querySelector("input[name=sure]")?.remove();
  }
});

// the server asks for a dialog: the Kleur-/maatvenster after choosing or scanning an article
document.addEventListener("open-dialog", (event) => {
  const url = event.detail.url ?? event.detail.value?.url;
  if (url) window.htmx.ajax("GET", url, { target: "#dialog-host", swap: "innerHTML" });
});

// a customer made in the dialog is chosen here
document.addEventListener("customer:chosen", (event) => {
  const { id: value, label } = event.detail;
  const combo = document.getElementById("customer")?.closest("[data-combo]");
  if (!combo || !value) return;
  combo.querySelector("[role=combobox]").value = label ?? "";
  const hidden = combo.querySelector("input[type=hidden]");
  hidden.value = value;
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
});

// a scan while Artikel toevoegen is open goes into the order
document.addEventListener("scan", (event) => {
  const dialog = event.target.closest?.("[data-scan-order]");
  if (!dialog) return;
  dialog.close();
  document.dispatchEvent(new CustomEvent("scan:code", { detail: event.detail }));
});
