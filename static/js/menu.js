// Menus are popovers: the browser opens and shuts them; here they get their place beside or under their button.
const GAP = 4;

function placeMenu(menu, button) {
  const at = button.getBoundingClientRect();
  const upright = button.closest(".spine") && innerWidth > 960;
  let left = upright ? at.right + GAP : at.left;
  let top = upright ? at.bottom - menu.offsetHeight : at.bottom + GAP;
  if (!upright && top + menu.offsetHeight > innerHeight - GAP) top = at.top - menu.offsetHeight - GAP;
  left = Math.max(GAP, Math.min(left, innerWidth - menu.offsetWidth - GAP));
  top = Math.max(GAP, Math.min(top, innerHeight - menu.offsetHeight - GAP));
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]")) return;
  const button = document.querySelector(`[popovertarget="${menu.id}"]`);
  if (!button) return;
  const open = event.newState === "open";
  button.toggleAttribute("data-open", open);
  if (!open) return;
  placeMenu(menu, button);
  menu.querySelector("[autofocus], [aria-current], input:checked, .item, input, button")?.focus({ preventScroll: true });
}, true);

// arrows walk through the items
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || event.target.matches("input")) return;
  const items = [...menu.querySelectorAll("button.item, a.item, label.item input")];
  const now = items.indexOf(event.target);
  const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(next + items.length) % items.length]?.focus();
  event.preventDefault();
});
