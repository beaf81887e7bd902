// Planned sessions are moved by mouse, finger and keyboard. Without this script each has a day in its form. The page stays as the server wrote it but for
// attributes: what is held is a copy above it, and a drop posts a form, whose page says what was done.
const HOLD_MS = 350; // a finger that stays so long lifts; one that moves before scrolls
const FAR_PX = 6; // a mouse that moves so far lifts; one that does not clicks
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

let held = null; // { source, copy, from, to, by: "keys" | "pointer", dx, dy }
let pending = null; // a pointer that is down on a session and may lift it

const form = () => document.querySelector("form[data-plan-move]");
const say = (words) => {
  const place = document.querySelector("[data-plan-says]");
  if (place) place.textContent = words;
};
const place = (day) => [...document.querySelectorAll(`[data-day="${day}"]`)].find((e) => e.checkVisibility());
const nameOf = (day) => place(day)?.dataset.name ?? day;
const shift = (day, by) => {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, 10);
};

// What each week comes to with the move: distance of runs, or the time of what has none.
function weigh(source, from, to) {
  const { today, unit, unitM } = form().dataset;
  const changes = new Map();
  const count = (day, sign) => {
    // What is over and was not done is no part of its week.
    const week = day < today ? null : [...document.querySelectorAll("[data-week]")].filter((e) => day >= e.dataset.week && day <= shift(e.dataset.week, 6));
    for (const place of week ?? []) changes.set(place, (changes.get(place) ?? 0) + sign);
  };
  count(from, -1);
  count(to, 1);
  const by = Number(source.dataset.metres) > 0 ? "metres" : "seconds";
  const minutes = (seconds) => Math.round(seconds / 60);
  const words = by === "metres" ? (metres) => `${(metres / unitM).toFixed(1)}\u00a0${unit}` : (seconds) => `${Math.floor(minutes(seconds) / 60)}:${String(minutes(seconds) % 60).padStart(2, "0")}`;
  let there = "";
  for (const place of document.querySelectorAll("[data-week]")) {
    const sign = changes.get(place) ?? 0;
    const [was, more] = [Number(place.dataset[by]), Number(source.dataset[by])];
    const text = sign && more > 0 ? `${words(was)} → ${words(Math.max(0, was + sign * more))}` : "";
    place.textContent = text;
    if (sign > 0 && text) there = text.replace("→", "becomes");
  }
  return there;
}
const unweigh = () => document.querySelectorAll("[data-week]").forEach((place) => place.replaceChildren());

function lift(source, by, x, y) {
  const cell = source.closest("[data-day]");
  if (!cell || !form() || held) return false;
  const box = source.getBoundingClientRect();
  const copy = source.cloneNode(true);
  copy.classList.add("lift");
  copy.removeAttribute("data-plan");
  copy.removeAttribute("href");
  copy.setAttribute("aria-hidden", "true");
  copy.style.width = `${box.width}px`;
  document.body.append(copy);
  source.dataset.lifted = "";
  held = { source, copy, from: cell.dataset.day, to: cell.dataset.day, by, dx: (x ?? box.left) - box.left, dy: (y ?? box.top) - box.top };
  document.documentElement.dataset.lifting = "";
  put(box.left, box.top);
  aim(held.from);
  return true;
}
function put(left, top) {
  held.copy.style.left = `${left}px`;
  held.copy.style.top = `${top}px`;
}
function aim(day) {
  document.querySelector("[data-day][data-target]")?.removeAttribute("data-target");
  held.to = day;
  const cell = place(day);
  cell?.setAttribute("data-target", "");
  held.week = weigh(held.source, held.from, day);
  if (cell && held.by === "keys") {
    cell.scrollIntoView({ block: "nearest" });
    const box = cell.getBoundingClientRect();
    put(box.left + 12, box.top + Math.min(28, box.height / 2));
  }
}
function end() {
  const was = held;
  if (!was) return null;
  held = null;
  unweigh();
  was.copy.remove();
  was.source.removeAttribute("data-lifted");
  document.querySelector("[data-day][data-target]")?.removeAttribute("data-target");
  document.documentElement.removeAttribute("data-lifting");
  return was;
}
function back() {
  const was = end();
  if (was) say(`${was.source.dataset.name} is back on ${nameOf(was.from)}.`);
}
function drop() {
  const was = end();
  if (!was) return;
  if (was.to === was.from) return say(`${was.source.dataset.name} stays on ${nameOf(was.from)}.`);
  say(`${was.source.dataset.name} moves to ${nameOf(was.to)}.`);
  const move = form();
  move.action = `/plan/${was.source.dataset.plan}/move`;
  move.elements.day.value = was.to;
  move.submit();
}

addEventListener("keydown", (event) => {
  if (held) {
    const inAgenda = held.source.closest(".agenda");
    const step = STEPS[event.key] && (inAgenda ? Math.sign(STEPS[event.key]) : STEPS[event.key]);
    if (step) {
      const day = shift(held.to, step);
      if (place(day)) {
        aim(day);
        say(held.week ? `${nameOf(day)}. The week: ${held.week}.` : nameOf(day));
      } else say("That day is not on this page. The session’s own page moves it further.");
    } else if (event.key === "Enter" || event.key === " ") drop();
    else if (event.key === "Escape") back();
    else if (event.key === "Tab") return back();
    else return;
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const source = event.target.closest?.("[data-plan]");
  if (event.key !== " " || !source || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (lift(source, "keys")) say(`${source.dataset.name}, lifted from ${nameOf(held.from)}. Arrow keys move it, Enter drops it, Escape puts it back.`);
}, true);

addEventListener("pointerdown", (event) => {
  const source = event.target.closest?.("[data-plan]");
  if (!source || event.button !== 0 || held) return;
  pending = { source, id: event.pointerId, x: event.clientX, y: event.clientY, touch: event.pointerType !== "mouse" };
  if (pending.touch) {
    pending.timer = setTimeout(() => {
      const { source, x, y, id } = pending;
      pending = null;
      if (lift(source, "pointer", x, y)) {
        held.id = id;
        navigator.vibrate?.(10);
      }
    }, HOLD_MS);
  }
});
const forget = () => {
  clearTimeout(pending?.timer);
  pending = null;
};
addEventListener("pointermove", (event) => {
  if (pending?.id === event.pointerId && Math.hypot(event.clientX - pending.x, event.clientY - pending.y) > FAR_PX) {
    const { source, touch, x, y, id } = pending;
    forget();
    if (!touch && lift(source, "pointer", x, y)) held.id = id;
  }
  if (held?.id !== event.pointerId || held.by !== "pointer") return;
  put(event.clientX - held.dx, event.clientY - held.dy);
  // The copy lets pointers through.
  const day = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-day]")?.dataset.day;
  aim(day ?? held.from);
});
addEventListener("pointerup", (event) => {
  forget();
  if (held?.by === "pointer" && held.id === event.pointerId) {
    // The click that follows would open the session.
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, true));
    drop();
  }
});
const stop = (event) => {
  event.preventDefault();
  event.stopPropagation();
};
addEventListener("pointercancel", () => {
  forget();
  if (held?.by === "pointer") back();
});
// A finger that holds a session does not scroll, and opens no menu.
addEventListener("touchmove", (event) => held?.by === "pointer" && event.cancelable && event.preventDefault(), { passive: false });
addEventListener("contextmenu", (event) => (held || (pending?.touch && event.target.closest?.("[data-plan]"))) && event.preventDefault());
addEventListener("dragstart", (event) => event.target.closest?.("[data-plan]") && event.preventDefault());
addEventListener("blur", () => held && back());

// Called when the page changed: hints are for those who can do what they say.
export function plan() {
  if (held && !held.source.isConnected) end();
  for (const [kind, query] of [["keys", "(hover: hover)"], ["touch", "(pointer: coarse)"]]) {
    const hint = document.querySelector(`[data-plan-hint="${kind}"][hidden]`);
    if (hint && matchMedia(query).matches) hint.hidden = false;
  }
}
