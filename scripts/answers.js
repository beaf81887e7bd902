// Answers of a journal's day, or about an activity, are saved one by one as they are given. Until the server has one, it stays in this browser, through
// reloads, navigation and lost connections, and is sent again. A form with `data-answers` says where they are posted; `data-keep` is the key under which
// the browser keeps what is unsent.
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

// What a record keeps: for each measure the text, and the units that it was typed in. In earlier records an answer is its text, and one code of units is for
// all of them; without one they are metric, whose code is empty.
const unsentOf = (record) => {
  const upgraded = (answer) => (typeof answer === "string" ? { text: answer, units: record.units ?? "" } : answer);
  return Object.fromEntries(Object.entries(record?.answers ?? {}).map(([measure, answer]) => [measure, upgraded(answer)]));
};

// The measure that a field answers: a second field of the same one takes an exact value.
const measureOf = (field) => field.name.replace(/\.exact$/, "");

function attach(form) {
  const key = PREFIX + form.dataset.keep;
  const status = document.querySelector("[data-answers-status]");
  const unsent = unsentOf(read(key));
  // The units of this form: what is typed now is typed in these.
  const units = () => form.elements.units?.value ?? "";
  let kept = true;
  let tries = 0;
  let sending = false;
  let timer = 0;
  const show = (kind, text) => {
    status.textContent = text;
    status.className = `chip ${kind}`;
  };
  const keep = () => {
    if (Object.keys(unsent).length) kept = write(key, { at: Date.now(), answers: unsent });
    else remove((k) => k === key);
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
    // A request is in one unit: what was typed in another one goes out behind it.
    const [first] = Object.values(unsent);
    if (sending || !first) return;
    const answers = Object.entries(unsent).filter(([, answer]) => answer.units === first.units);
    const fields = answers.map(([measure, { text }]) => [measure, text]);
    // What was typed meanwhile is still to be sent.
    const settle = (measure, { text, units }) => {
      if (unsent[measure].text === text && unsent[measure].units === units) delete unsent[measure];
    };
    sending = true;
    show("none", "Saving");
    let again = true;
    try {
      const response = await fetch(form.dataset.answers, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(first.units ? [...fields, ["units", first.units]] : fields),
        keepalive: true,
      });
      const body = await response.json().catch(() => ({}));
      again = response.status >= 500 || response.status === 429;
      if (response.ok) {
        // What was answered meanwhile is sent at once.
        again = true;
        tries = 0;
        for (const [measure, answer] of answers) {
          settle(measure, answer);
          complain(measure, "");
          counts(measure, answer.text);
        }
        show("works", `Saved ${body.at}`);
      } else if (!again) {
        // What is refused is named; the rest is sent without it.
        const refused = answers.filter(([measure]) => body.fields?.[measure]);
        for (const [measure, answer] of refused) {
          complain(measure, body.fields[measure]);
          settle(measure, answer);
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
    unsent[measure] = { text, units: units() };
    tries = 0;
    show("none", "Saving");
    keep();
    count();
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };
  // What was not sent when this page was left. A field stays as it came where that was typed in other units, in which it would mean something else here;
  // words have none.
  for (const [measure, { text, units: typedIn }] of Object.entries(unsent)) {
    const fields = fieldsOf(measure).filter((field) => typedIn === units() || field.type === "textarea");
    if (!fields.length) continue;
    const opener = form.querySelector(`[data-clears~="${CSS.escape(measure)}"]`);
    if (opener && text) opener.checked = true;
    let shown = false;
    for (const field of fields) {
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
    if (event.target.type !== "radio" || !event.target.checked || ![" ", "Backspace", "Delete"].includes(event.key)) return;
    event.preventDefault();
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
  // The app navigated to another page of the kind without a page load: what was typed here is not for that one.
  new MutationObserver(() => location.reload()).observe(form, { attributeFilter: ["data-answers"] });
}

// Attaches to the forms on the page; called again when the page changes.
export function answers() {
  for (const form of document.querySelectorAll("form[data-answers]:not([data-attached])")) attach(form);
}

remove((key) => !(Date.now() - (read(key)?.at ?? 0) < MAX_AGE_MS));
// Signing out leaves nothing behind on this computer.
addEventListener("submit", (event) => event.target.getAttribute("action") === "/sign-out" && remove(() => true), true);
