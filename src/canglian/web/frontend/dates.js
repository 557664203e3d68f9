// Days and times are typed and shown as 2026-11-29 and 2026-11-29 14:30 whatever the browser's language is; its own
// calendar opens from a button.
const DAY = /^(\d{4})[-/.年 ]?(\d{1,2})[-/.月 ]?(\d{1,2})日?$/;
const TIME = /^(.*?)[T\s]+(\d{1,2})[:：时](\d{2})分?$/;

function day(text) {
  const found = DAY.exec(text.trim());
  if (!found) return null;
  const [, year, month, date] = found;
  const written = `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
  const at = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(+at) && at.toISOString().startsWith(written) ? written : null;
}

function time(text) {
  const found = TIME.exec(text.trim());
  const date = found && day(found[1]);
  return date && +found[2] < 24 && +found[3] < 60 ? `${date} ${found[2].padStart(2, "0")}:${found[3]}` : null;
}

const told = document.body.dataset;
const KINDS = {
  date: { read: day, longest: 11, placeholder: told.day, shape: told.dayShape },
  "datetime-local": { read: time, longest: 19, placeholder: told.time, shape: told.timeShape },
};

function judge(field, native, read) {
  const written = field.value && read(field.value);
  native.value = written ? written.replace(" ", "T") : "";
  // The browser's own words for a day that is none, too early or too late.
  const wrong = field.value && !written ? field.dataset.shape : native.validationMessage;
  field.setCustomValidity(wrong || "");
}

function typed(native) {
  const kind = KINDS[native.type];
  const field = native.cloneNode();
  const place = document.createElement("span");
  place.className = "day";
  field.type = "text";
  // what was typed and refused stays to be mended, though the browser's own field takes no such value
  field.value = (native.value || native.defaultValue).replace("T", " ");
  field.inputMode = "numeric";
  field.maxLength = kind.longest;
  field.placeholder ||= kind.placeholder;
  field.dataset.shape = kind.shape;
  ["name", "id", "required", "aria-describedby", "form"].forEach((name) => native.removeAttribute(name));
  native.className = "day-native";
  native.tabIndex = -1;
  native.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "day-open";
  button.setAttribute("aria-label", told.calendar);
  button.append(document.querySelector("[data-calendar-icon]").content.cloneNode(true));
  native.replaceWith(place);
  place.append(field, native, button);
  field.addEventListener("input", () => judge(field, native, kind.read));
  field.addEventListener("change", () => {
    field.value = kind.read(field.value) ?? field.value;
  });
  native.addEventListener("change", () => {
    field.value = native.value.replace("T", " ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  button.addEventListener("click", () => native.showPicker());
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && event.altKey) native.showPicker();
  });
}

function days() {
  document.querySelectorAll("input:is([type=date], [type=datetime-local]):not(.day-native)").forEach(typed);
}

document.addEventListener("htmx:afterSwap", days);
days();
