// The SHA-256 of a file that somebody chooses: the file stays with them, only what it comes to is sent.
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function offer(field) {
  const file = document.createElement("input");
  const button = document.createElement("button");
  const name = document.createElement("span");
  file.type = "file";
  file.hidden = true;
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = field.dataset.digest;
  button.addEventListener("click", () => file.click());
  name.className = "form-hint hint";
  name.setAttribute("role", "status");
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    field.value = hex(await crypto.subtle.digest("SHA-256", await file.files[0].arrayBuffer()));
    name.textContent = file.files[0].name;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const row = document.createElement("div");
  row.className = "digest";
  row.append(button, name, file);
  field.after(row);
}

// Browsers compute it on safe pages alone; elsewhere it is typed.
function offerAll() {
  if (!window.crypto?.subtle) return;
  document.querySelectorAll("input[data-digest]").forEach((field) => {
    if (!field.nextElementSibling?.classList.contains("digest")) offer(field);
  });
}

offerAll();
document.addEventListener("htmx:afterSettle", offerAll);
