// No connection: a banner within one request, gone with the next answer. "Opnieuw proberen" sends the same request with
// the same key, so that nothing happens twice.
import { texts } from "./text.js";
import { place } from "./toast.js";

const banner = document.getElementById("offline");
let last = null;

export function offline({ writing = false, again = null } = {}) {
  if (!banner) return;
  last = again;
  const sentence = navigator.onLine ? texts.offlineSent : texts.offlineUnsent;
  banner.querySelector("[data-say]").textContent = writing ? sentence : texts.offlineRead;
  place();
  banner.hidden = false;
  document.documentElement.dataset.offline = "1";
}

export function online() {
  if (!banner || banner.hidden) return;
  banner.hidden = true;
  delete document.documentElement.dataset.offline;
  last = null;
}

function failed(event) {
  const { elt, requestConfig } = event.detail;
  const { verb, path, target, unfilteredParameters } = requestConfig;
  offline({
    writing: verb !== "get",
    again: () => {
      if (!elt.isConnected) return location.reload();
      const values = unfilteredParameters instanceof FormData ? Object.fromEntries(unfilteredParameters) : {};
      window.htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values, swap: elt.getAttribute("hx-swap") ?? undefined });
    },
  });
}

document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);
document.addEventListener("htmx:beforeOnLoad", online);
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-retry]")) return;
  if (last) last();
  else location.reload();
});
window.addEventListener("offline", () => offline());
window.addEventListener("online", () => { if (!last) online(); });
