// Forms: what cannot be undone is confirmed first, and nothing is sent twice.
const dialog = document.querySelector("dialog[data-ask]");

// The question before a form is sent; names of its fields in braces stand for what was chosen or typed there.
function question(form) {
  return form.dataset.confirm.replace(/\{(\w+)\}/g, (_, name) => {
    const field = form.elements.namedItem(name);
    return (field?.selectedOptions?.[0]?.textContent ?? field?.value ?? "").trim();
  });
}

function openDialog(form, submitter) {
  dialog.querySelector("[data-question]").textContent = question(form);
  const yes = dialog.querySelector("button[value=yes]");
  yes.textContent = submitter.textContent.trim();
  yes.className = `btn ${submitter.classList.contains("btn-outline-danger") ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.sure = "";
    form.requestSubmit(submitter);
  };
  dialog.showModal();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if ("sending" in form.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.dataset.confirm && !("sure" in form.dataset) && dialog) {
      event.preventDefault();
      openDialog(form, event.submitter ?? form.querySelector("button[type=submit]"));
      return;
    }
    if (form.method === "post") form.dataset.sending = "";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.classList.add("is-busy"));
  },
  true,
);

// The forms of a page that is shown again can be used again.
function reactivate() {
  document.querySelectorAll("form").forEach((form) => {
    delete form.dataset.sending;
    delete form.dataset.sure;
  });
  document.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
}

window.addEventListener("pageshow", reactivate);
document.addEventListener("htmx:afterRequest", reactivate);

// From what is typed into a choice, the arrow leads to what was found; Enter takes the only thing.
document.addEventListener("keydown", (event) => {
  const search = event.target.closest?.("[data-pick]");
  if (!search || !["ArrowDown", "Enter"].includes(event.key)) return;
  const found = [...search.closest("fieldset").querySelectorAll(".picked input")];
  const several = found[0]?.type === "checkbox";
  const free = found.filter((option) => !option.checked);
  const first = (several ? free[0] : found.find((option) => option.checked)) ?? found[0];
  if (event.key === "Enter" && (several ? search.value : free.length === found.length)) event.preventDefault();
  if (event.key === "Enter" && several && search.value && free.length === 1) {
    free[0].checked = true;
    search.value = "";
  }
  if (event.key === "ArrowDown" && first) {
    event.preventDefault();
    first.checked ||= !several;
    first.focus();
  }
});
