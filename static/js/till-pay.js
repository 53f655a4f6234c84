// Afrekenen: which method takes how much, what is left, the change. Only figures: nothing is booked before the server
// has answered, and it counts everything anew. Amounts are whole cents here.
import { showToast } from "./toast.js";
import { offline, online } from "./offline.js";

const form = document.getElementById("pay-form");
const field = document.getElementById("amount");
const rows = document.getElementById("tender-rows");
const euros = new Intl.NumberFormat("nl-NL", { style: "currency", currency: "EUR" });
const plain = new Intl.NumberFormat("nl-NL", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const { rounds, part } = form.dataset;
const signed = Number(form.dataset.left); // below zero: goods came back, and the money goes out
const minus = signed < 0 ? "-" : "";
const rest = Math.abs(signed);
const tenders = []; // {method, name, kind, amount}
let fresh = true;   // the next digit begins a new amount

const five = (amount) => (rounds ? Math.round(amount / 5) * 5 : amount);
const shown = (amount) => plain.format(amount / 100);
const sum = () => tenders.reduce((all, tender) => all + tender.amount, 0);
const left = () => rest - sum();
const method = () => form.querySelector("[name=method]:checked");

// what stands in the field, in cents; what cannot be read is nothing here, the server says what is wrong
function typed() {
  const text = field.value.trim().replaceAll(".", "").replace(",", ".");
  return /^\d+(\.\d{0,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0;
}

function put(amount) {
  field.value = shown(amount);
  fresh = true;
  paint();
}

function proposed() {
  const asked = Number(form.dataset.proposed);
  const amount = tenders.length || !asked ? left() : Math.min(asked, left());
  return method()?.dataset.kind === "cash" ? five(amount) : amount;
}

function row(label, amount, css = "") {
  const line = document.createElement("div");
  const dt = document.createElement("dt");
  const dd = document.createElement("dd");
  dt.textContent = label;
  dd.textContent = amount;
  if (css) dd.className = css;
  line.append(dt, dd);
  return line;
}

function paint() {
  rows.replaceChildren(...tenders.map((tender) => row(tender.name, `−${shown(tender.amount)}`, "good")));
  const chosen = method();
  const amount = typed();
  const cash = chosen?.dataset.kind === "cash";
  const due = cash ? five(left()) : left();
  if (cash && due !== left()) rows.append(row(form.dataset.rounding, shown(due - left())));
  document.getElementById("due").textContent = euros.format(Math.max(left(), 0) / 100);
  document.getElementById("amount-method").textContent = chosen?.dataset.name ?? "";
  const change = document.getElementById("change");
  change.hidden = !(cash && amount > due) || Boolean(minus);
  change.querySelector("b").textContent = euros.format(Math.max(amount - due, 0) / 100);
  document.getElementById("pay-say").textContent = chosen ? `${chosen.dataset.name} ${shown(amount)}` : "";
  for (const key of form.querySelectorAll("[data-cash]")) {
    key.setAttribute("aria-pressed", String(cash && Number(key.dataset.cash) === amount));
  }
}

// the amount in the field becomes a payment; false when that cannot be
function take() {
  const chosen = method();
  const amount = typed();
  if (!chosen) {
    showToast({ text: form.dataset.pick, tone: "wait" });
    return false;
  }
  if (!amount) return true;
  const same = tenders.find((tender) => tender.method === chosen.value);
  if (same) same.amount += amount;
  else tenders.push({ method: chosen.value, name: chosen.dataset.name, kind: chosen.dataset.kind, amount });
  return true;
}

function covered() {
  const cash = tenders.some((tender) => tender.kind === "cash");
  return left() <= 0 || (cash && rounds && Math.abs(left()) < 3);
}

form.addEventListener("change", (event) => {
  if (event.target.name !== "method") return;
  const most = event.target.dataset.most;
  put(most === undefined ? proposed() : Math.min(proposed(), Number(most)));
});
field.addEventListener("input", paint);

form.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  const cash = at("[data-cash]");
  if (cash) {
    const key = form.querySelector("[name=method][data-kind=cash]");
    if (key) key.checked = true;
    return put(Number(cash.dataset.cash));
  }
  const digit = at("[data-pay-digit]")?.dataset.payDigit;
  if (digit) {
    if (digit === "clear") field.value = "";
    else if (digit === "back") field.value = field.value.slice(0, -1);
    else field.value = fresh ? digit : field.value + digit;
    fresh = digit === "clear";
    return paint();
  }
  if (at("#add-tender") && take()) {
    for (const key of form.querySelectorAll("[name=method]:checked")) key.checked = false;
    return put(Math.max(left(), 0));
  }
  const all = at("[data-take]")?.dataset.take;
  if (all) for (const box of form.querySelectorAll(".take-lines input")) box.value = all === "all" ? box.dataset.open : "0";
  const step = at("[data-take-step]");
  if (step) {
    const box = step.closest("li").querySelector("input");
    const number = Number(box.value.replace(",", ".")) + Number(step.dataset.takeStep);
    const most = Number(box.dataset.open.replaceAll(".", "").replace(",", "."));
    box.value = String(Math.min(Math.max(number, 0), most)).replace(".", ",");
  }
  return undefined;
});

// The payment is sent, with its one key, until the server has answered; then the same is sent the plain way, which
// gives the first answer again: the receipt, or why not. Nothing of it is kept by the browser.
const AGAIN_MS = 2000;
let sending = false;

async function send() {
  const button = document.getElementById("pay");
  sending = true;
  button.setAttribute("aria-busy", "true");
  while (sending) {
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(30000) });
      if (![502, 503, 504].includes(answer.status)) break;
    } catch { /* asked again below */ }
    offline({ writing: true, again: () => {} });
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
  online();
  form.submit();
}

form.addEventListener("submit", (event) => {
  if (sending) return event.preventDefault();
  if (method()?.dataset.kind === "terminal" && rest) {
    if (tenders.length) {
      event.preventDefault();
      return showToast({ text: form.dataset.pinFirst, tone: "wait" });
    }
    form.action = form.dataset.terminal;
    const amount = document.createElement("input");
    amount.type = "hidden";
    amount.name = "amount";
    amount.value = minus + field.value;
    form.append(amount);
    return undefined;
  }
  const nothing = part && !method() && !tenders.length;
  if (rest !== 0 && !nothing) {
    if (!method() && tenders.length && (part || covered())) { /* what was added is all */ } else if (!take()) return event.preventDefault();
    if (!covered() && !part) {
      event.preventDefault();
      for (const key of form.querySelectorAll("[name=method]:checked")) key.checked = false;
      return put(left());
    }
  }
  const holder = document.getElementById("tenders");
  holder.replaceChildren(...tenders.map((tender) => {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "tender";
    input.value = `${tender.method}:${minus}${shown(tender.amount).replaceAll(".", "")}`;
    return input;
  }));
  return undefined;
}, true);
form.addEventListener("submit", (event) => {
  // a code of a manager is sent once: a wrong one counts
  if (event.defaultPrevented || form.querySelector("[type=password]")?.value) return;
  event.preventDefault();
  send();
});

paint();
document.documentElement.dataset.pay = "ready";
