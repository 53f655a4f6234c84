// What was scanned or pressed and is not answered yet shows on the basket at once: on the line that it will be added to
// where that is known, else as a line that waits. The server's answer replaces all of it; figures come from there alone.
const known = new Map(); // what was scanned or pressed: the id of the line that it made

const nameOf = ({ code, more }) => [code, more.toets, more.variant].join("/");

function words({ code, more }) {
  if (more.toets) return document.querySelector(`[data-toets="${more.toets}"] .name`)?.textContent ?? "";
  return code;
}

function waitingLine(scan) {
  const li = document.createElement("li");
  li.className = "bon-wait";
  li.setAttribute("aria-hidden", "true");
  const quantity = document.createElement("b");
  const text = document.createElement("span");
  quantity.textContent = scan.quantity;
  text.textContent = words(scan);
  li.append(quantity, text);
  return li;
}

function onLine(scan) {
  const li = document.getElementById(known.get(nameOf(scan)));
  const figure = li?.querySelector(".q");
  if (!figure || !/^\d+$/.test(figure.textContent)) return null;
  figure.textContent = Number(figure.textContent) + scan.quantity;
  li.dataset.wait = "";
  return li;
}

document.addEventListener("scan:queue", ({ detail: { queue } }) => {
  const list = document.getElementById("bon-lines");
  if (!list) return;
  for (const old of list.querySelectorAll(".bon-wait")) old.remove();
  for (const li of list.querySelectorAll("[data-wait]")) {
    li.querySelector(".q").textContent = li.dataset.q;
    delete li.dataset.wait;
  }
  let last = null;
  for (const scan of queue) {
    last = onLine(scan);
    if (!last) list.append(last = waitingLine(scan));
  }
  last?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("scan:shown", ({ detail }) => {
  const made = [...document.querySelectorAll(".bon-li[data-new]")].at(-1);
  if (detail?.scan && made) known.set(nameOf(detail.scan), made.id);
});
