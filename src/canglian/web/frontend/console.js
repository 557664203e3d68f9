// The console's own behaviour. Every page works without it; with it, it is quicker.
import htmx from "htmx.org";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
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
  if (event.key === "Escape") all("details[data-menu][open]").forEach((menu) => (menu.open = false));
});

document.addEventListener("click", (event) => {
  all("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a,button,input,label") && !String(getSelection())) {
    window.location.assign(row.dataset.href);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method === "get") {
    all("input,select", form).forEach((input) => {
      if (!input.value) input.disabled = true;
    });
  }
  all("button[type=submit]", form).forEach((button) => button.classList.add("is-busy"));
});

// Leaving a page and coming back finds its forms usable again.
window.addEventListener("pageshow", () => {
  all("form input:disabled, form select:disabled").forEach((input) => {
    if (!input.hasAttribute("data-disabled")) input.disabled = false;
  });
  all(".is-busy").forEach((button) => button.classList.remove("is-busy"));
});

// Which columns of a table are shown is remembered on this device.
function columns(root) {
  all("[data-columns]", root).forEach((menu) => {
    const table = document.getElementById(menu.dataset.columns);
    if (!table) return;
    const name = `columns:${menu.dataset.columns}`;
    const hidden = new Set(JSON.parse(localStorage.getItem(name) ?? "[]"));
    const show = () => {
      all("[data-column]", table).forEach((cell) => {
        cell.hidden = hidden.has(cell.dataset.column);
      });
    };
    all("input", menu).forEach((box) => {
      box.checked = !hidden.has(box.value);
      box.addEventListener("change", () => {
        box.checked ? hidden.delete(box.value) : hidden.add(box.value);
        localStorage.setItem(name, JSON.stringify([...hidden]));
        show();
      });
    });
    show();
  });
}

function charts(root) {
  const wanted = all("[data-chart]:not([data-drawn])", root);
  if (!wanted.length) return;
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

document.addEventListener("htmx:afterSwap", (event) => {
  columns(event.detail.target);
  charts(event.detail.target);
});
columns(document);
charts(document);
