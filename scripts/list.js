// The list of activities by keyboard, and how much is selected. Without this script every part of it works by itself.
const rows = () => [...document.querySelectorAll(".acts tr.a")];
const picks = () => [...document.querySelectorAll(".acts .pick input")];
const dialog = () => document.querySelector("dialog[data-list-keys]");

// How many are selected: an attribute, which the style shows, so that the page stays as the server wrote it.
function count() {
  const place = document.querySelector("[data-bulk-count]");
  const chosen = String(picks().filter((pick) => pick.checked).length);
  if (place && (place.dataset.bulkCount || "0") !== chosen) place.dataset.bulkCount = chosen;
}

// The row that keys act on.
function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.hasAttribute("data-cursor"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  all[at]?.removeAttribute("data-cursor");
  next.setAttribute("data-cursor", "");
  next.querySelector(".row-link")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const isTyping = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");

// Enter in a field of what is done to the selected presses the button below it.
addEventListener("keydown", (event) => {
  const button = event.key === "Enter" && event.target.closest?.("form[data-bulk] details input")?.closest("details").querySelector("button.primary");
  if (!button) return;
  event.preventDefault();
  button.click();
});

addEventListener("keydown", (event) => {
  if (!document.querySelector(".acts .pick") && !document.querySelector("[data-list-filter]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  const row = document.querySelector(".acts tr.a[data-cursor]");
  const act = {
    "/": () => document.querySelector("[data-list-search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => row?.querySelector(".pick input")?.click(),
    "?": () => dialog()?.showModal(),
    Escape: () => document.querySelector("form[data-bulk]")?.reset(),
    // On a link or a button, Enter is theirs.
    Enter: () => !event.target.closest?.("a, button, summary") && row?.querySelector(".row-link")?.click(),
  }[event.key];
  if (!act) return;
  if (event.key !== "Enter") event.preventDefault();
  act();
});

// Shift and a click select everything between two rows.
let last = null;
addEventListener("click", (event) => {
  const pick = event.target.closest?.(".pick input");
  if (!pick) return;
  const all = picks();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(pick)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = pick.checked;
  }
  last = pick;
  count();
});
addEventListener("reset", (event) => event.target.matches?.("form[data-bulk]") && setTimeout(count));
// Only what was filled in goes into the address.
addEventListener("submit", (event) => {
  if (!event.target.matches?.("form[data-list-filter]")) return;
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  setTimeout(() => {
    for (const field of event.target.elements) field.disabled = false;
  });
});

// Called when the page changed: the hint about keys is for those who have some.
export function list() {
  const hint = document.querySelector("[data-keys-hint][hidden]");
  if (hint && matchMedia("(hover: hover)").matches) hint.hidden = false;
  count();
}
