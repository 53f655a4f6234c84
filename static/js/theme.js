// Runs before the first paint: the chosen theme, else the system's. The choice is made in the menu (app.js).
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme) document.documentElement.dataset.theme = theme;
  } catch { /* storage is off: the system's theme it is */ }
})();
