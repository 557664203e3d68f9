// Days are typed and shown as 2026-11-29 whatever the browser's language is; its own calendar opens from a button.
const SHAPE = /^(\d{4})[-/.年 ]?(\d{1,2})[-/.月 ]?(\d{1,2})日?$/;

function iso(text) {
  const found = SHAPE.exec(text.trim());
  if (!found) return null;
  const [, year, month, day] = found;
  const written = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(+at) && at.toISOString().startsWith(written) ? written : null;
}

function judge(field, native) {
  const day = field.value && iso(field.value);
  native.value = day || "";
  // The browser's own words for a day that is none, too early or too late.
  const wrong = field.value && !day ? field.dataset.shape : native.validationMessage;
  field.setCustomValidity(wrong || "");
}

function typed(native) {
  const field = native.cloneNode();
  const place = document.createElement("span");
  place.className = "day";
  field.type = "text";
  field.inputMode = "numeric";
  field.maxLength = 11;
  field.placeholder ||= document.body.dataset.day;
  field.dataset.shape = document.body.dataset.dayShape;
  ["name", "id", "required", "aria-describedby", "form"].forEach((name) => native.removeAttribute(name));
  native.className = "day-native";
  native.tabIndex = -1;
  native.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "day-open";
  button.setAttribute("aria-label", document.body.dataset.calendar);
  button.append(document.querySelector("[data-calendar-icon]").content.cloneNode(true));
  native.replaceWith(place);
  place.append(field, native, button);
  field.addEventListener("input", () => judge(field, native));
  field.addEventListener("change", () => {
    field.value = iso(field.value) ?? field.value;
  });
  native.addEventListener("change", () => {
    field.value = native.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  button.addEventListener("click", () => native.showPicker());
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && event.altKey) native.showPicker();
  });
}

function days() {
  document.querySelectorAll("input[type=date]:not(.day-native)").forEach(typed);
}

document.addEventListener("htmx:afterSwap", days);
days();
