// The sentences that scripts say; they stand in parts/hosts.html, so that they can be translated.
export const texts = document.getElementById("texts")?.dataset ?? {};

// Read out without showing: for screen readers.
export function say(text) {
  const region = document.getElementById("say");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}
