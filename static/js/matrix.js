// The Kleur-/maatvenster: a table of quantities that works as a spreadsheet does. Arrows move, Enter goes down, Tab goes
// right, digits overwrite, Delete empties, a block is pasted; totals and stock marks follow at once. Only cells that
// differ from what was shown are sent. A scan adds to its cell. [data-matrix] is the table; the picker uses it too.
import { sound } from "./sound.js";

const SHOWN_MS = 1200;
const figures = new Intl.NumberFormat("nl-NL", { maximumFractionDigits: 3 });
const euros = new Intl.NumberFormat("nl-NL", { style: "currency", currency: "EUR" });

const cellOf = (target) => target.matches?.("[data-matrix] .mx > input") ? target : null;
const cellsIn = (place) => [...place.querySelectorAll(".mx > input")];
const tableOf = (cell) => cell.closest("[data-matrix]");

// pieces as typed: 1.200 and 1,5 and 1.5; what cannot be read counts as nothing here, the server says what is wrong
export function pieces(text) {
  const typed = text.trim();
  if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(typed)) return Number(typed.replaceAll(".", "").replace(",", "."));
  return /^\d+([.,]\d+)?$/.test(typed) ? Number(typed.replace(",", ".")) : 0;
}

const shown = (number) => figures.format(number);

// ---- what follows from the figures ------------------------------------------------------------------------------
function markStock(cell) {
  if (!("free" in cell.dataset)) return;
  const { over, none } = tableOf(cell).dataset;
  const free = Number(cell.dataset.free);
  const wanted = pieces(cell.value);
  const beyond = wanted - Math.max(free, 0);
  const state = wanted > 0 && beyond > 0 ? "over" : free <= 0 ? "none" : free <= 2 ? "low" : "";
  if (state) cell.parentElement.dataset.stock = state;
  else delete cell.parentElement.dataset.stock;
  cell.nextElementSibling.textContent = state === "over" ? `${shown(beyond)} ${over}` : state === "none" ? `0 ${none}` : shown(free);
}

function put(place, number) {
  if (!place) return;
  place.textContent = number ? shown(number) : "–";
  place.classList.toggle("is-none", !number);
}

function total(table) {
  const columns = [];
  let all = 0;
  for (const row of table.tBodies[0].rows) {
    let across = 0;
    [...row.cells].slice(1).forEach((td, at) => {
      const cell = td.querySelector(".mx > input");
      if (!cell) return;
      const number = pieces(cell.value);
      across += number;
      columns[at] = (columns[at] ?? 0) + number;
    });
    put(row.querySelector("[data-row-total]"), across);
    all += across;
  }
  [...table.querySelectorAll("[data-column-total]")].forEach((place, at) => put(place, columns[at]));
  put(table.querySelector("[data-all-total]"), all);
  const dialog = table.closest("[data-matrix-dialog]");
  if (!dialog) return;
  dialog.querySelector("[data-pieces]").textContent = shown(all);
  amount(dialog, table);
}

function amount(dialog, table) {
  let sum = 0;
  let estimated = false;
  for (const cell of cellsIn(table)) {
    const { price, total: held = 0, held: before = 0 } = cell.dataset;
    const wanted = pieces(cell.value);
    if (!wanted) continue;
    const change = wanted - Number(before);
    sum += Number(held) + Math.round(change * Number(price) * 100) / 100;
    if (change && "estimated" in cell.dataset) estimated = true;
  }
  dialog.querySelector("[data-amount]").textContent = `${estimated ? `${dialog.dataset.about} ` : ""}${euros.format(sum)}`;
}

function changed(cell) {
  cell.removeAttribute("aria-invalid");
  markStock(cell);
  total(tableOf(cell));
}

function set(cell, text) {
  if (cell.value === text) return;
  cell.value = text;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (cellOf(event.target)) changed(event.target);
});

// a window that came back from the server holds typed values beside what is there
function begin() {
  for (const table of document.querySelectorAll("[data-matrix]:not([data-begun])")) {
    table.dataset.begun = "";
    const different = cellsIn(table).filter((cell) => cell.value !== cell.defaultValue || cell.value !== (cell.dataset.shown ?? ""));
    different.forEach(markStock);
    if (different.length) total(table);
  }
}
document.addEventListener("htmx:afterSwap", begin);
new MutationObserver(begin).observe(document.getElementById("dialog-host") ?? document.body, { childList: true });

// ---- moving -----------------------------------------------------------------------------------------------------
const at = (table, row, column) => table.tBodies[0].rows[row]?.cells[column]?.querySelector(".mx > input") ?? null;

function place(cell) {
  const td = cell.closest("td");
  return [td.parentElement.sectionRowIndex, td.cellIndex];
}

// the next cell that exists in a direction
function next(cell, down, right) {
  const table = tableOf(cell);
  let [row, column] = place(cell);
  const rows = table.tBodies[0].rows;
  for (;;) {
    row += down;
    column += right;
    if (row < 0 || column < 1 || row >= rows.length || column >= rows[row].cells.length) return null;
    const found = at(table, row, column);
    if (found) return found;
  }
}

// Enter goes down the column, then to the top of the next (Shift: up, then to the bottom of the one before)
function down(cell, step) {
  const below = next(cell, step, 0);
  if (below) return below;
  const table = tableOf(cell);
  const rows = table.tBodies[0].rows.length;
  for (let column = place(cell)[1] + step; column >= 1 && column < table.tBodies[0].rows[0].cells.length; column += step) {
    for (let row = step > 0 ? 0 : rows - 1; row >= 0 && row < rows; row += step) {
      const found = at(table, row, column);
      if (found) return found;
    }
  }
  return null;
}

function go(cell) {
  if (!cell) return;
  cell.focus();
  cell.select();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function target(event, cell) {
  const row = () => cellsIn(cell.closest("tr"));
  const all = () => cellsIn(tableOf(cell));
  switch (event.key) {
    case "ArrowUp": return next(cell, -1, 0);
    case "ArrowDown": return next(cell, 1, 0);
    case "ArrowLeft": return next(cell, 0, -1);
    case "ArrowRight": return next(cell, 0, 1);
    case "Enter": return down(cell, event.shiftKey ? -1 : 1);
    case "Home": return (event.ctrlKey ? all() : row())[0];
    case "End": return (event.ctrlKey ? all() : row()).at(-1);
    default: return undefined;
  }
}

document.addEventListener("keydown", (event) => {
  const cell = cellOf(event.target);
  if (!cell || event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return;
  if (event.ctrlKey && !["Home", "End"].includes(event.key)) return;
  if (event.key === "Delete") {
    event.preventDefault();
    set(cell, "");
    return;
  }
  const found = target(event, cell);
  if (found === undefined) return;
  event.preventDefault();
  go(found);
});

// coming into a cell selects it, so that digits overwrite; a second click puts the caret
let entered = null;
document.addEventListener("focusin", (event) => {
  entered = cellOf(event.target);
  entered?.select();
  if (entered) where(entered);
});
document.addEventListener("click", (event) => {
  if (cellOf(event.target) && event.target === entered) event.target.select();
  entered = null;
});

// ---- pasting a block --------------------------------------------------------------------------------------------
document.addEventListener("paste", (event) => {
  const cell = cellOf(event.target);
  const text = event.clipboardData?.getData("text") ?? "";
  if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const table = tableOf(cell);
  const [top, left] = place(cell);
  let skipped = 0;
  text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, row) => line.split("\t").forEach((value, column) => {
    const found = at(table, top + row, left + column);
    if (found) set(found, value.trim());
    else if (value.trim()) skipped += 1;
  }));
  const dialog = cell.closest("[data-matrix-dialog]");
  if (skipped && dialog) show(dialog, "unknown", `${skipped} ${dialog.dataset.skipped}`);
});

// ---- sending ----------------------------------------------------------------------------------------------------
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "matrix-form") return;
  for (const cell of cellsIn(event.detail.elt.closest("dialog"))) {
    const before = cell.dataset.shown ?? "";
    if (cell.value.trim() === before) continue;
    const number = cell.id.slice("cell-".length);
    event.detail.parameters[`cell-${number}`] = cell.value.trim();
    if (before) event.detail.parameters[`was-${number}`] = before;
  }
});

// ---- leaving it -------------------------------------------------------------------------------------------------
const unsaved = (dialog) => cellsIn(dialog).some((cell) => cell.value.trim() !== (cell.dataset.shown ?? ""));

document.addEventListener("dialog:leave", (event) => {
  const dialog = event.target;
  if (!dialog.matches("[data-matrix-dialog]") || !unsaved(dialog)) return;
  event.preventDefault();
  document.getElementById("dialog-host").append(dialog.querySelector("[data-leave]").content.cloneNode(true));
});

document.addEventListener("click", (event) => {
  const yes = event.target.closest?.("[data-leave-now]");
  if (!yes) return;
  yes.closest("dialog").close();
  document.querySelector("[data-matrix-dialog]").close();
});

// ---- scanning into it -------------------------------------------------------------------------------------------
let back = null;

function show(dialog, state, text) {
  const line = dialog.querySelector("[data-matrix-scan]");
  const paint = (now, said) => {
    line.dataset.state = now;
    for (const icon of line.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== now;
    line.querySelector("[data-say]").textContent = said;
    line.querySelector("[data-alert]").textContent = now === "unknown" ? said : "";
  };
  clearTimeout(back);
  paint(state, text);
  sound(state);
  back = setTimeout(() => paint("armed", dialog.dataset.armed), state === "unknown" ? SHOWN_MS * 3 : SHOWN_MS);
}

document.addEventListener("scan", (event) => {
  const dialog = event.target.closest?.("[data-matrix-dialog]");
  if (!dialog) return;
  const { code, quantity = 1 } = event.detail;
  // a cell's codes are GTINs of 14 figures (core/gtin.py), or the shop's own codes as they are written
  const gtin = /^(\d{8}|\d{12,14})$/.test(code) ? code.padStart(14, "0") : code;
  const has = (codes) => codes.includes(code) || codes.includes(gtin);
  const cell = cellsIn(dialog).find((one) => one.dataset.codes && has(one.dataset.codes.split("\n")));
  if (!cell) return show(dialog, "unknown", `${dialog.dataset.code} ${code} ${dialog.dataset.unknown}`);
  const before = pieces(cell.value);
  set(cell, shown(before + quantity).replaceAll(".", ""));
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  flash(cell.parentElement);
  show(dialog, "known", `${cell.dataset.title} ${before ? `${shown(before)} + ${quantity}` : `+ ${quantity}`}`);
});

function flash(box) {
  box.removeAttribute("data-flash");
  void box.offsetWidth; // a repeat starts anew
  box.setAttribute("data-flash", "");
}

// ---- what other branches have -----------------------------------------------------------------------------------
// of many colours it comes in parts; the last of them says what is found so far, and whether there are more to come
const said = (dialog) => [...dialog.querySelectorAll("#matrix-branches [data-said]")];
const last = (dialog) => said(dialog).at(-1);
const branchesOf = (dialog, cell) => dialog.querySelector(`#matrix-branches data[value="${cell.id.slice("cell-".length)}"]`);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#matrix-elsewhere");
  if (!button) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  elsewhere(button.closest("dialog"), on);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target?.id === "matrix-branches" && event.detail.target.closest("dialog");
  if (!dialog || dialog.querySelector("#matrix-elsewhere").getAttribute("aria-pressed") !== "true") return;
  elsewhere(dialog, true);
});

function elsewhere(dialog, on) {
  const table = dialog.querySelector("[data-matrix]");
  const known = last(dialog);
  table.toggleAttribute("data-elsewhere", on && Boolean(known));
  const say = dialog.querySelector("#matrix-where");
  // what is shown of a cell stays while further parts come
  const ofCell = on && say.textContent && !said(dialog).some((part) => part.textContent === say.textContent);
  if (!ofCell) say.textContent = on && known ? known.textContent : "";
  if (!on || !known) return;
  for (const cell of cellsIn(table)) {
    const found = branchesOf(dialog, cell);
    if (cell.parentElement.querySelector(".else") || (!found && "more" in known.dataset)) continue;
    const small = document.createElement("small");
    small.className = "else";
    small.id = `else-${cell.id.slice("cell-".length)}`;
    small.textContent = found ? `+${found.dataset.sum}` : "–";
    cell.parentElement.append(small);
    cell.setAttribute("aria-describedby", `${cell.getAttribute("aria-describedby")} ${small.id}`);
  }
}

function where(cell) {
  const dialog = cell.closest("[data-matrix-dialog]");
  if (!dialog?.querySelector("[data-matrix][data-elsewhere]")) return;
  const found = branchesOf(dialog, cell);
  if (!found && "more" in last(dialog).dataset) return;
  dialog.querySelector("#matrix-where").textContent = `${cell.dataset.title} ${dialog.dataset.elsewhere}: ${found ? found.textContent : dialog.dataset.nowhere}`;
}
