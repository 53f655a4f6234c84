// What every page does: CSRF, busy marks, answers that went wrong, theme. The rest is in small modules beside it.
import "./combobox.js";
import "./dialog.js";
import "./focus.js";
import "./keys.js";
import "./menu.js";
import "./offline.js";
import "./paper.js";
import { showToast } from "./toast.js";
import { texts } from "./text.js";

function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});

// busy after 300 ms: on the button that was pressed, else on the element that asked
const waiting = new WeakMap();

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig, xhr } = event.detail;
  const button = requestConfig?.triggeringEvent?.submitter ?? elt;
  const timer = setTimeout(() => button.setAttribute("aria-busy", "true"), 300);
  waiting.set(xhr, { button, timer });
});

document.addEventListener("htmx:afterRequest", (event) => {
  const mark = waiting.get(event.detail.xhr);
  if (!mark) return;
  clearTimeout(mark.timer);
  mark.button.removeAttribute("aria-busy");
});

// an answer that is not swapped says so, unless it brought its own toast
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("toast")) return;
  const text = xhr.status === 403 ? texts.forbidden : xhr.status === 404 ? texts.gone : texts.error;
  const number = xhr.status >= 500 ? xhr.getResponseHeader("X-Request-ID") : null;
  showToast({ text: number ? `${text} (${number})` : text, tone: "bad" });
});

// theme: Licht, Donker, Systeem
function shownTheme() {
  const theme = document.documentElement.dataset.theme ?? "";
  for (const choice of document.querySelectorAll("[data-theme-choice]")) choice.checked = choice.value === theme;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-theme-choice]")) return;
  const theme = event.target.value;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch { /* storage is off: it lasts for this page */ }
});
shownTheme();

// links of an error summary put the cursor in the field
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-focus-link]");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  (field.matches("input, select, textarea, button") ? field : field.querySelector("input"))?.focus();
});

// a form that is sent the plain way is sent once
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => event.submitter?.setAttribute("aria-busy", "true"), 300);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
