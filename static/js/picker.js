// Meerdere artikelen toevoegen. What is chosen lives in the list Gekozen, which is the form that is sent; the fields among
// the results only mirror it, so that searching again loses nothing.
const RESULT = "#picker-results input[id^='pick-']";

const variantOf = (field) => field.id.slice("pick-".length);
const items = (dialog) => dialog.querySelector("[data-items]");
const itemOf = (dialog, variant) => items(dialog).querySelector(`li[data-variant="${variant}"]`);

function nameOf(field) {
  if (field.dataset.label) return field.dataset.label;
  return `${field.closest("[data-article]").dataset.article} ${field.dataset.title}`.trim();
}

function add(dialog, field) {
  const item = dialog.querySelector("#picker-item").content.firstElementChild.cloneNode(true);
  const variant = variantOf(field);
  const name = nameOf(field);
  const [input, button] = [item.querySelector("input"), item.querySelector("button")];
  item.dataset.variant = variant;
  item.querySelector("[data-name]").textContent = name;
  input.name = input.id = `item-${variant}`;
  input.setAttribute("aria-label", `${input.getAttribute("aria-label").trim()} ${name}`);
  button.setAttribute("aria-label", `${button.getAttribute("aria-label").trim()} ${name}`);
  items(dialog).append(item);
  return item;
}

function count(dialog) {
  const label = dialog.querySelector("[data-add]");
  const number = items(dialog).children.length;
  label.textContent = `${label.dataset.add} (${number})`;
}

function mirror(dialog, variant, value) {
  const field = dialog.querySelector(`#pick-${CSS.escape(variant)}`);
  if (!field || field.value === value) return;
  field.value = value;
  if (field.closest("[data-matrix]")) field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "mirror" }));
}

document.addEventListener("input", (event) => {
  const dialog = event.target.closest?.("[data-picker]");
  if (!dialog || event.detail === "mirror") return;
  if (event.target.matches(RESULT)) {
    const value = event.target.value.trim();
    let item = itemOf(dialog, variantOf(event.target));
    if (!value || /^0+$/.test(value)) item?.remove();
    else {
      item ??= add(dialog, event.target);
      item.querySelector("input").value = value;
      clear(item);
      item.scrollIntoView({ block: "nearest" });
    }
    count(dialog);
  } else if (event.target.name?.startsWith("item-")) {
    clear(event.target.closest("li"));
    mirror(dialog, event.target.closest("li").dataset.variant, event.target.value);
  }
});

function clear(item) {
  item.querySelector("input").removeAttribute("aria-invalid");
  item.querySelector(".error")?.remove();
}

document.addEventListener("click", (event) => {
  const dialog = event.target.closest?.("[data-picker]");
  if (!dialog) return;
  const unfold = event.target.closest("[data-unfold]");
  if (unfold) {
    const open = unfold.getAttribute("aria-expanded") !== "true";
    unfold.setAttribute("aria-expanded", String(open));
    document.getElementById(unfold.getAttribute("aria-controls")).parentElement.hidden = !open;
    return;
  }
  const out = event.target.closest("[data-take-out]")?.closest("li");
  if (!out) return;
  const beside = out.nextElementSibling ?? out.previousElementSibling;
  mirror(dialog, out.dataset.variant, "");
  out.remove();
  count(dialog);
  (beside?.querySelector("[data-take-out]") ?? dialog.querySelector("#picker-q")).focus();
});

// new results show what was chosen before; a refused list is counted again
document.addEventListener("htmx:afterSettle", (event) => {
  const dialog = event.detail.elt?.closest?.("[data-picker]") ?? document.querySelector("[data-picker]");
  if (!dialog) return;
  for (const item of items(dialog).children) mirror(dialog, item.dataset.variant, item.querySelector("input").value);
  count(dialog);
  const wrong = event.detail.elt?.id === "picker-chosen" && items(dialog).querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();
});

// Enter and the arrows go along the fields; a list is only added by its button
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  const dialog = step && event.target.closest?.("[data-picker]");
  if (!dialog || !event.target.matches("input:not([type=checkbox])") || event.target.closest("[data-matrix]")) return;
  const search = event.target.id === "picker-q";
  if (search && event.key === "Enter") return;
  event.preventDefault();
  const where = event.target.closest("[data-items]") ?? dialog.querySelector("#picker-results");
  const stops = [...where.querySelectorAll("input, [data-unfold]")].filter((stop) => stop.checkVisibility());
  const next = search ? stops[0] : stops[stops.indexOf(event.target) + step];
  next?.focus();
  next?.select?.();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.(`${RESULT}, [data-items] input`)) event.target.select();
});
