// A form that opens its answer in a new tab (Afdrukken) stays where it is, and can be sent again: the next press counts
// as another one. Its request key counts on from the one that the server gave; a double click is still one press.
const DOUBLE_CLICK_MS = 1200;

function next(key) {
  const last = (BigInt(`0x${key.slice(24)}`) + 1n) % (1n << 48n);
  return key.slice(0, 24) + last.toString(16).padStart(12, "0");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const field = form.target === "_blank" && form.elements.namedItem("key");
  if (!field || form.dataset.renewing) return;
  form.dataset.renewing = "1";
  setTimeout(() => {
    field.value = next(field.value);
    delete form.dataset.renewing;
  }, DOUBLE_CLICK_MS);
});
