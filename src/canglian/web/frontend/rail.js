// The rail: what was left open is open on the next page too, and the page's own place is in sight.
const COOKIE = "canglian_rail";
const YEAR_SECONDS = 365 * 24 * 3600;
const rail = document.querySelector("[data-rail]");

function remember() {
  const open = [...rail.querySelectorAll("details[open]")].map((fold) => fold.dataset.fold);
  document.cookie = `${COOKIE}=${open.join(".")}; path=/console; max-age=${YEAR_SECONDS}; samesite=lax`;
}

function show() {
  rail.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

if (rail) {
  rail.querySelectorAll("details").forEach((fold) => {
    fold.querySelector("summary").addEventListener("click", () => setTimeout(remember));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#rail") location.replace("#content");
  });
  show();
  addEventListener("hashchange", show);
}
