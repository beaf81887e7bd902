// Drafts: what is typed into a form with `data-draft` stays in this browser until the server has saved it, through reloads, navigation and
// lost connections. Each draft has a random name that is sent with the form; the next page repeats it once the form is saved.
const PREFIX = "legwork:draft:";
const MAX_AGE_MS = 14 * 86_400_000;

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // no storage, or not our JSON
  }
};
const write = (key, draft) => {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
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

// The current values of the form, or the ones it was rendered with.
function values(form, initial) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type !== "radio") found[field.name] = initial ? field.defaultValue : field.value;
    else if (initial ? field.defaultChecked : field.checked) found[field.name] = field.value;
  }
  return found;
}

function fill(form, typed) {
  for (const field of form.elements) {
    if (!(field.name in typed) || field.type === "hidden") continue;
    if (field.type === "radio") field.checked = field.value === typed[field.name];
    else field.value = typed[field.name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const newName = () => [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");

function attach(form) {
  const key = PREFIX + form.dataset.draft;
  const status = form.querySelector("[data-draft-status]");
  const discard = form.querySelector("[data-draft-drop]");
  const showStatus = (text, discardable = false) => {
    status.textContent = text;
    status.hidden = !text;
    discard.hidden = !discardable;
  };
  let known = values(form, true);
  let draft = read(key);
  const differs = draft && Object.keys(draft.typed).some((field) => (known[field] ?? "") !== draft.typed[field]);
  const refused = "refused" in form.dataset;
  if (draft && !refused && (draft.name === form.dataset.saved || !differs)) {
    remove((k) => k === key);
    draft = null;
  }
  // A refused form already has everything that was typed.
  if (draft && !refused) {
    fill(form, draft.typed);
    known = values(form, false);
    const when = new Date(draft.at).toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    showStatus(`Not saved yet. What you typed on ${when} was kept in this browser and is back.`, true);
  }
  const update = () => {
    const now = values(form, false);
    const changed = Object.keys(now).filter((field) => now[field] !== known[field]);
    if (!changed.length) return;
    known = now;
    // A draft that changes after it was sent is a new one: the server saved the old one.
    draft = { name: draft && !draft.sent ? draft.name : newName(), at: Date.now(), typed: { ...draft?.typed, ...Object.fromEntries(changed.map((f) => [f, now[f]])) } };
    const kept = write(key, draft);
    showStatus(kept ? "Not saved yet. Kept in this browser until you save, or sign out." : "Not saved yet, and this browser cannot keep it: save before you leave.", kept);
  };
  for (const kind of ["input", "change", "click"]) form.addEventListener(kind, () => setTimeout(update));
  update();
  // The browser leaves the page before it knows whether the server is reachable: check first.
  form.addEventListener("submit", async (event) => {
    update();
    if (!draft) return;
    event.preventDefault();
    try {
      await fetch("/health", { cache: "no-store" });
    } catch {
      const kept = write(key, draft);
      const where = kept ? "what you typed is kept in this browser. Save again when you are back online." : "this browser cannot keep it: stay on this page until you are back online.";
      showStatus(`The server cannot be reached. Nothing was sent; ${where}`, kept);
      return;
    }
    draft.sent = true;
    write(key, draft);
    form.elements.draft.value = draft.name;
    form.submit();
  });
  discard.addEventListener("click", () => {
    if (!confirm("Discard what you have typed since you last saved?")) return;
    remove((k) => k === key);
    draft = null;
    fill(form, { ...Object.fromEntries(Object.keys(known).map((field) => [field, ""])), ...values(form, true) });
    known = values(form, false);
    showStatus("");
  });
  // The app navigated to another day without a page load: what was typed here is not for that day.
  new MutationObserver(() => location.reload()).observe(form, { attributeFilter: ["data-draft"] });
}

// Attaches to the forms on the page; called again when the page changes.
export function drafts() {
  for (const form of document.querySelectorAll("form[data-draft]:not([data-attached])")) {
    form.dataset.attached = "";
    attach(form);
  }
}

remove((key) => !(Date.now() - (read(key)?.at ?? 0) < MAX_AGE_MS));
// Signing out leaves nothing behind on this computer.
addEventListener("submit", (event) => event.target.getAttribute("action") === "/sign-out" && remove(() => true), true);
