// Tables: their head stays in sight, and on a phone a row is a card.
const PHONE = "(max-width: 600px)";
const CARDS_FROM = 4;

function label(table) {
  const heads = [...table.querySelectorAll("thead th")];
  const fits = table.scrollWidth <= table.parentElement.clientWidth + 1;
  if (heads.length < CARDS_FROM - 1 || (heads.length < CARDS_FROM && fits)) return;
  table.querySelectorAll("tbody tr, tfoot tr").forEach((row) => {
    let position = 0;
    if (!row.querySelector(".chief, .strong")) {
      [...row.cells].slice(1).find((cell) => cell.classList.contains("num"))?.classList.add("chief");
    }
    [...row.cells].forEach((cell) => {
      if (position > 0 || row.parentElement.tagName === "TFOOT") {
        const head = heads[position];
        const silent = cell.colSpan > 1 || head.querySelector(".visually-hidden");
        cell.dataset.label = silent ? "" : head.textContent.replace(/[↑↓]/, "").trim();
      }
      if (/^[—\s]*$/.test(cell.textContent) && position > 0 && !cell.querySelector("input, button")) cell.classList.add("wide");
      position += cell.colSpan;
    });
  });
  table.classList.add("cards");
}

const watcher = new ResizeObserver((seen) => {
  seen.forEach(({ target }) => {
    const table = target.querySelector("table");
    const fits = !table || table.scrollWidth <= target.clientWidth + 1;
    target.classList.toggle("fits", fits);
    // What has to be scrolled is scrolled by keys too.
    if (fits) target.removeAttribute("tabindex");
    else target.tabIndex = 0;
  });
});

export function tables() {
  document.querySelectorAll(".scroll:not([data-watched])").forEach((place) => {
    place.dataset.watched = "";
    const table = place.querySelector("table");
    if (table) label(table);
    if (!place.closest(".behind")) watcher.observe(place);
  });
  const box = document.querySelector(".filter-box");
  if (box && window.matchMedia(PHONE).matches && !box.hasAttribute("data-filtered")) box.open = false;
}

// Ticked rows: how many there are, all of them by one tick, and a row of them from one to another with Shift.
let last = null;

function ticks() {
  return [...document.querySelectorAll("input[name=ticked]")];
}

function count() {
  const all = ticks();
  const ticked = all.filter((tick) => tick.checked).length;
  const head = document.querySelector("[data-tick-all]");
  if (!head) return;
  head.hidden = false;
  head.checked = ticked > 0 && ticked === all.length;
  head.indeterminate = ticked > 0 && ticked < all.length;
  document.querySelector("[data-ticked]").textContent = ticked;
}

document.addEventListener("click", (event) => {
  const tick = event.target;
  if (tick.matches?.("[data-tick-all]")) ticks().forEach((other) => (other.checked = tick.checked));
  if (tick.matches?.("input[name=ticked]")) {
    const all = ticks();
    const [from, to] = [all.indexOf(last), all.indexOf(tick)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((other) => (other.checked = tick.checked));
    last = tick;
  }
  if (tick.matches?.("input[type=checkbox]")) count();
});
document.addEventListener("htmx:afterSwap", count);
window.addEventListener("pageshow", count);
count();

document.addEventListener("htmx:afterSwap", tables);
tables();
