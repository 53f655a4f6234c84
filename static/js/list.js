// One tick at the head of a list ticks the whole page.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-check-all]");
  if (!all) return;
  for (const box of all.form.querySelectorAll(`input[type="checkbox"][name="${all.dataset.checkAll}"]`)) box.checked = all.checked;
});
