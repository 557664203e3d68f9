// A person's pages. What needs a script: the PIN pad, codes that are shown anew, the camera. All else works without one.
import "./digests.js";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// A form that moves money is sent once; the server would do it once in any case. One that only reads, and may save a file
// while its page stays, is sent as often as somebody likes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") return;
  if (form.classList.contains("is-sent")) {
    event.preventDefault();
    return;
  }
  form.classList.add("is-sent");
});
addEventListener("pageshow", () => {
  all(".is-sent").forEach((form) => form.classList.remove("is-sent"));
  document.documentElement.classList.remove("loading");
});

// Where the next page takes a moment, the page says that it is on its way.
let leaving;
addEventListener("beforeunload", () => {
  leaving = setTimeout(() => document.documentElement.classList.add("loading"), 150);
});
addEventListener("pagehide", () => clearTimeout(leaving));

// An identity number is checked while it is typed: its last character comes from the seventeen before (GB 11643).
function identity(field) {
  const hint = document.getElementById(field.getAttribute("aria-describedby"));
  const usual = hint.textContent;
  field.addEventListener("input", () => {
    const typed = field.value.replace(/[\s-]/g, "").toUpperCase();
    let sum = 0;
    for (let place = 0; place < 17; place++) sum += Number(typed[place]) * (2 ** (17 - place) % 11);
    const wrong = typed.length > 18 || (typed.length === 18 && typed[17] !== "10X98765432"[sum % 11]);
    field.toggleAttribute("aria-invalid", wrong);
    hint.textContent = wrong ? field.dataset.identity : usual;
    field.setCustomValidity(wrong ? field.dataset.identity : "");
  });
}
all("[data-identity]").forEach(identity);

// The PIN pad: buttons and the number keys. Digits stand in a hidden field until they are sent; their count is announced.
function pad(root) {
  const form = root.closest("form");
  const field = root.querySelector("input[type=hidden]");
  const dots = all(".dots i", root);
  const typed = root.querySelector(".typed");
  const most = Number(root.dataset.digits);
  const show = () => {
    dots.forEach((dot, position) => dot.classList.toggle("on", position < field.value.length));
    typed.textContent = typed.dataset.text.replace("%(count)s", field.value.length);
  };
  const type = (digit) => {
    if (field.value.length >= most || form.classList.contains("is-sent")) return;
    field.value += digit;
    show();
    if (field.value.length === most) root.dispatchEvent(new CustomEvent("whole", { bubbles: true }));
  };
  const erase = (whole) => {
    field.value = whole ? "" : field.value.slice(0, -1);
    show();
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.digit) type(button.dataset.digit);
    if ("erase" in button.dataset) erase(false);
    if ("clear" in button.dataset) erase(true);
  });
  document.addEventListener("keydown", (event) => {
    if (root.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "")) return;
    if (/^[0-9]$/.test(event.key)) type(event.key);
    else if (event.key === "Backspace") erase(false);
    else return;
    event.preventDefault();
  });
  erase(true);
}

const pads = all("[data-pad]");
pads.forEach((root, position) => {
  pad(root);
  root.hidden = position > 0; // one after another
  root.addEventListener("whole", () => {
    const next = pads[position + 1];
    const form = root.closest("form");
    if (!next) form.requestSubmit();
    else {
      root.hidden = true;
      next.hidden = false;
      next.querySelector("button").focus();
    }
  });
});

// A code that is shown: a bar for the time that is left, a new code when it is over, and what it was used for.
function code(root) {
  const bar = root.querySelector("progress");
  const ends = Date.now() + Number(root.dataset.seconds) * 1000;
  const form = document.querySelector("form[data-renew]");
  let over = false;
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    bar.value = left;
    root.querySelector("[data-left]").textContent = left;
    if (left || over) return;
    over = true;
    root.dataset.over = "";
    if (form && !document.hidden) form.requestSubmit();
  };
  const poll = async () => {
    if (over || document.hidden) return;
    const response = await fetch(root.dataset.state).catch(() => null);
    if (!response?.ok) return;
    const state = await response.json().catch(() => ({}));
    if (state.to) location.assign(state.to);
  };
  tick();
  setInterval(tick, 1000);
  setInterval(poll, 2500);
  document.addEventListener("visibilitychange", () => !document.hidden && over && form?.requestSubmit());
}
all("[data-state]").forEach(code);

// The camera, where the browser can read codes by itself; typing stays where it is.
const camera = document.querySelector("[data-camera]");
if (camera && "BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia) {
  camera.hidden = false;
  camera.addEventListener("click", async () => {
    const video = document.querySelector("video");
    const failed = document.querySelector("[data-camera-failed]");
    try {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      camera.hidden = true;
      await video.play();
      const look = async () => {
        const found = await detector.detect(video).catch(() => []);
        const read = found.map((code) => /(?:^|\/)(\d{16,18})$/.exec(code.rawValue)).find(Boolean); // or the end of an address
        if (!read) return void setTimeout(look, 250);
        stream.getTracks().forEach((track) => track.stop());
        const field = document.querySelector("#f-code");
        field.value = read[1];
        field.form.requestSubmit();
      };
      look();
    } catch {
      failed.hidden = false;
      camera.hidden = true;
    }
  });
}

all("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

// A page that waits for an answer from outside looks again by itself.
const waiting = document.querySelector("[data-again]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.again) * 1000);

// A page that waits for a payment asks for its state, and looks again once that has changed.
const asking = document.querySelector("[data-poll]");
if (asking)
  setInterval(async () => {
    if (document.hidden) return;
    const response = await fetch(asking.dataset.poll).catch(() => null);
    const state = response?.ok ? await response.json().catch(() => ({})) : {};
    if (state.state && state.state !== asking.dataset.was) location.reload();
  }, 2500);

// A flash sale opens by the server's time: its clock goes on from what the page was told, whatever this phone's says.
const opening = document.querySelector("[data-opens]");
if (opening) {
  const behind = Number(opening.dataset.now) - performance.now();
  const shown = opening.querySelector("[data-countdown]");
  const button = document.querySelector("[data-at-opening]");
  const two = (figure) => String(figure).padStart(2, "0");
  const tick = () => {
    const left = Math.ceil((Number(opening.dataset.opens) - behind - performance.now()) / 1000);
    const over = left <= 0;
    if (button) button.disabled = !over;
    opening.hidden = over;
    shown.textContent = `${two(Math.floor(left / 3600))}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    if (!over) setTimeout(tick, 200);
  };
  tick();
}

// A claim in line asks again under its own key until its outcome is known.
const line = document.querySelector("form[data-line]");
if (line) {
  const ask = async () => {
    const body = new URLSearchParams(new FormData(line));
    const headers = { accept: "application/json" };
    const response = await fetch(line.action, { method: "POST", body, headers }).catch(() => null);
    const state = response?.ok ? await response.json().catch(() => ({})) : {};
    if (state.to) location.assign(state.to);
    else setTimeout(ask, 1200 + Math.random() * 800);
  };
  ask();
}

// Back to the web site of a merchant, after a moment to read what happened.
const onward = document.querySelector("a[data-onward]");
if (onward) setTimeout(() => location.assign(onward.href), Number(onward.dataset.onward) * 1000);

// What a QR code carries behind the #, which is sent to nobody, stands in its field.
const scanned = document.querySelector("[data-hash]");
if (scanned && location.hash.length > 1) scanned.value = decodeURIComponent(location.hash.slice(1));

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/m/worker.js", { scope: "/m" }).catch(() => {});
