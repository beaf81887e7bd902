// Answers of a journal's day are saved one by one as they are given. Until the server has one, it stays in this browser, through reloads, navigation
// and lost connections, and is sent again. A form with `data-answers` names its day; `data-keep` is the key under which the browser keeps what is unsent.
const PREFIX = "legwork:answers:";
const MAX_AGE_MS = 14 * 86_400_000;
const RETRY_MS = [2000, 5000, 15_000, 60_000];
const TYPING_MS = 700;

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // no storage, or not our JSON
  }
};
const write = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
};
const remove = (wanted) => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && wanted(key)) localStorage.removeItem(key);
  } catch {
    // no storage, so nothing to remove
  }
};

// The measure that a field answers: a second field of the same one takes an exact value.
const measureOf = (field) => field.name.replace(/\.exact$/, "");

function attach(form) {
  const key = PREFIX + form.dataset.keep;
  const status = document.querySelector("[data-answers-status]");
  const before = read(key);
  const unsent = { ...before?.answers };
  // What was typed is sent with the units that it was typed in.
  let units = Object.keys(unsent).length ? before.units : form.elements.units?.value;
  let kept = true;
  let tries = 0;
  let sending = false;
  let timer = 0;
  const show = (kind, text) => {
    status.textContent = text;
    status.className = `chip ${kind}`;
  };
  const keep = () => {
    if (Object.keys(unsent).length) kept = write(key, { at: Date.now(), answers: unsent, units });
    else {
      remove((k) => k === key);
      units = form.elements.units?.value;
    }
  };
  const fieldsOf = (measure) => [...form.elements].filter((field) => field.name && measureOf(field) === measure);
  const complain = (measure, sentence) => {
    const place = document.querySelector(`[data-error-of="${CSS.escape(measure)}"]`);
    if (place) {
      place.textContent = sentence ?? "";
      place.hidden = !sentence;
    }
    for (const field of fieldsOf(measure)) {
      if (field.type === "radio") continue;
      if (sentence && (field.value || !field.name.endsWith(".exact"))) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  };
  // Which of several sources counts: what is typed is before all of them.
  const counts = (measure, text) => {
    const place = document.querySelector(`[data-counts-of="${CSS.escape(measure)}"]`);
    if (place) place.textContent = text ? "What you typed counts." : (place.dataset.otherwise ?? "");
  };
  // How many of the questions have an answer; those of a group count once.
  const count = () => {
    const asked = [...form.querySelectorAll("[data-ask]")];
    const answered = asked.filter((ask) => [...ask.querySelectorAll("input[name], textarea")].some((f) => (f.type === "radio" ? f.checked && f.value : f.value)));
    const place = document.querySelector("[data-answered]");
    if (place) place.textContent = `${answered.length} of ${asked.length}, as you tap`;
  };
  const send = async () => {
    clearTimeout(timer);
    const answers = Object.entries(unsent);
    if (sending || !answers.length) return;
    sending = true;
    show("none", "Saving");
    let again = true;
    try {
      const response = await fetch(`/journal/${form.dataset.answers}/answers`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(units ? [...answers, ["units", units]] : answers),
        keepalive: true,
      });
      const body = await response.json().catch(() => ({}));
      again = response.status >= 500 || response.status === 429;
      if (response.ok) {
        // What was answered meanwhile is sent at once.
        again = true;
        tries = 0;
        for (const [measure, text] of answers) {
          if (unsent[measure] === text) delete unsent[measure];
          complain(measure, "");
          counts(measure, text);
        }
        show("works", `Saved ${body.at}`);
      } else if (!again) {
        // What is refused is named; the rest is sent without it.
        const refused = Object.entries(body.fields ?? {});
        for (const [measure, sentence] of refused) {
          complain(measure, sentence);
          delete unsent[measure];
        }
        show("costs", refused.length ? "Not saved: one answer needs another look" : body.message || "Not saved");
        again = refused.length > 0 && Object.keys(unsent).length > 0;
        tries = 0;
      }
    } catch {
      // no connection: tried again below
    }
    sending = false;
    keep();
    if (!Object.keys(unsent).length) return;
    if (again && tries) show("costs", kept ? "No connection. Kept in this browser" : "No connection. Stay on this page");
    if (again) timer = setTimeout(send, tries ? RETRY_MS[Math.min(tries - 1, RETRY_MS.length - 1)] : 0);
    tries += 1;
  };
  const answer = (measure, text, wait = 0) => {
    unsent[measure] = text;
    tries = 0;
    show("none", "Saving");
    keep();
    count();
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };
  // What was not sent when this page was left.
  for (const [measure, text] of Object.entries(unsent)) {
    const opener = form.querySelector(`[data-clears~="${CSS.escape(measure)}"]`);
    if (opener && text) opener.checked = true;
    let shown = false;
    for (const field of fieldsOf(measure)) {
      if (field.type === "radio") {
        field.checked = field.value === text;
        shown ||= field.checked;
      } else if (!shown) {
        field.value = text;
      }
    }
  }
  // The second tap on a chosen answer takes it back. A label's click arrives at its input once more.
  let chosen = null;
  // Fields may stand outside the form that they belong to.
  const listen = (kind, act) => document.addEventListener(kind, (event) => event.target.form === form && act(event));
  document.addEventListener("pointerdown", (event) => {
    const input = event.target.closest?.("label.choice")?.querySelector("input");
    chosen = input?.form === form && input.checked ? input : null;
  });
  listen("click", (event) => {
    if (event.target.type !== "radio" || event.target !== chosen) return;
    chosen = null;
    event.target.checked = false;
    answer(measureOf(event.target), "");
  });
  listen("keydown", (event) => {
    if (event.target.type !== "radio" || !event.target.checked || !["Backspace", "Delete"].includes(event.key)) return;
    event.target.checked = false;
    answer(measureOf(event.target), "");
  });
  listen("change", ({ target }) => {
    // An injury without a place is one, too: it is “other” until a place is tapped.
    if (target.dataset.clears && target.checked) {
      const [measure] = target.dataset.clears.split(" ");
      const other = fieldsOf(measure).find((field) => field.type === "radio" && field.value === "other");
      if (other && !fieldsOf(measure).some((field) => field.checked && field.value)) {
        other.checked = true;
        answer(measure, "other");
      }
    }
    if (target.dataset.clears && !target.checked) {
      for (const measure of target.dataset.clears.split(" ")) {
        if (!fieldsOf(measure).some((field) => field.checked && field.value)) continue;
        for (const field of fieldsOf(measure)) field.checked = false;
        answer(measure, "");
      }
    }
    if (!target.name) return;
    const measure = measureOf(target);
    for (const field of fieldsOf(measure)) {
      if (target.type === "radio" && field.type !== "radio") field.value = "";
      if (target.type !== "radio" && field.type === "radio") field.checked = field.value === target.value && target.value !== "";
    }
    answer(measure, target.value);
  });
  listen("input", ({ target }) => {
    if (target.name && target.type !== "radio") answer(measureOf(target), target.value, TYPING_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  addEventListener("pagehide", send);
  addEventListener("online", () => {
    tries = 0;
    send();
  });
  form.dataset.attached = "";
  count();
  send();
  // The app navigated to another day without a page load: what was typed here is not for that day.
  new MutationObserver(() => location.reload()).observe(form, { attributeFilter: ["data-answers"] });
}

// Attaches to the forms on the page; called again when the page changes.
export function answers() {
  for (const form of document.querySelectorAll("form[data-answers]:not([data-attached])")) attach(form);
}

remove((key) => !(Date.now() - (read(key)?.at ?? 0) < MAX_AGE_MS));
// Signing out leaves nothing behind on this computer.
addEventListener("submit", (event) => event.target.getAttribute("action") === "/sign-out" && remove(() => true), true);
