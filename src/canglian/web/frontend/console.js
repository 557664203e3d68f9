// The console's own behaviour. Every page works without it; with it, it is quicker.
import htmx from "htmx.org";
import "./dates.js";
import "./tables.js";
import "./digests.js";
import "./forms.js";
import "./rail.js";

// Answers that are no success are pages too. Nothing that was shown is kept in the browser for the way back.
htmx.config.responseHandling = [{ code: ".*", swap: true }];
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.selfRequestsOnly = true;
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
// what settles never has a style of its own: the policy forbids it
htmx.config.attributesToSettle = ["class", "width", "height"];
window.htmx = htmx;

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape") {
    all("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
});

document.addEventListener("click", (event) => {
  all("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a,button,input,label") && !String(getSelection())) {
    window.location.assign(row.dataset.href);
  }
  if (event.target.closest("[data-print]")) window.print();
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => copy.classList.add("is-done"));
});

// What opens at a click can be filled in at once.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches("details[data-menu][open]")) return;
    all("details[data-menu][open]").forEach((other) => (other.open = other === menu));
    const room = menu.getBoundingClientRect().top - document.querySelector(".top").offsetHeight;
    menu.classList.toggle("opens-down", menu.querySelector(".drop").offsetHeight > room);
    menu.querySelector(".values :is(input:not([type=hidden], .day-native), select)")?.focus();
  },
  true,
);

// What was left empty does not stand in the address.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  [...event.formData].forEach(([name, value]) => value === "" && event.formData.delete(name));
});

// A chart has its table behind a tab.
function tabs(section) {
  const panels = [section.querySelector(".chart"), section.querySelector(".behind")];
  const bar = document.createElement("div");
  bar.className = "tabs";
  bar.setAttribute("role", "tablist");
  const show = (chosen, focus) => {
    all("button", bar).forEach((button, position) => {
      button.setAttribute("aria-selected", String(position === chosen));
      button.tabIndex = position === chosen ? 0 : -1;
      panels[position].hidden = position !== chosen;
      if (position === chosen && focus) button.focus();
    });
  };
  [section.dataset.drawing, section.dataset.table].forEach((title, position) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.setAttribute("role", "tab");
    button.addEventListener("click", () => show(position));
    button.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") show(1 - position, true);
    });
    bar.append(button);
  });
  section.querySelector("header").append(bar);
  show(0);
}

function charts(root) {
  const wanted = all("[data-chart]:not([data-drawn])", root);
  if (!wanted.length) return;
  all(".charted:has(.behind):not(:has(.tabs))", root).forEach(tabs);
  const draw = () => wanted.forEach((element) => window.canglianCharts.draw(element));
  if (window.canglianCharts) {
    draw();
    return;
  }
  const script = document.createElement("script");
  script.src = document.body.dataset.charts;
  script.onload = draw;
  document.head.append(script);
}

all("[data-print]").forEach((button) => {
  button.hidden = false;
});
document.addEventListener("htmx:afterSwap", () => charts(document));
charts(document);
