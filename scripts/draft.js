// Drafts: what is typed into a form with `data-draft` stays in this browser until the server has it, through reloads, other pages and lost
// networks. Each draft has a name of its own that goes with the form; the page that follows names it when it was stored.
const PREFIX = "legwork:draft:";
const KEPT_MS = 14 * 86_400_000;

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // no storage, or none of our making
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
const forget = (wanted) => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && wanted(key)) localStorage.removeItem(key);
  } catch {
    // no storage, so nothing to forget
  }
};

// What the form holds now, or what the page came with.
function values(form, first) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type !== "radio") found[field.name] = first ? field.defaultValue : field.value;
    else if (first ? field.defaultChecked : field.checked) found[field.name] = field.value;
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

const name = () => [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");

function keep(form) {
  const key = PREFIX + form.dataset.draft;
  const says = form.querySelector("[data-draft-says]");
  const drop = form.querySelector("[data-draft-drop]");
  const tell = (words, droppable = false) => {
    says.textContent = words;
    says.hidden = !words;
    drop.hidden = !droppable;
  };
  let known = values(form, true);
  let draft = read(key);
  const differs = draft && Object.keys(draft.typed).some((field) => (known[field] ?? "") !== draft.typed[field]);
  const refused = "refused" in form.dataset;
  if (draft && !refused && (draft.name === form.dataset.saved || !differs)) {
    forget((k) => k === key);
    draft = null;
  }
  // A form that came back has everything in it already.
  if (draft && !refused) {
    fill(form, draft.typed);
    known = values(form, false);
    const when = new Date(draft.at).toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    tell(`Not saved yet: what you wrote on ${when} was kept in this browser and is back.`, true);
  }
  const look = () => {
    const now = values(form, false);
    const changed = Object.keys(now).filter((field) => now[field] !== known[field]);
    if (!changed.length) return;
    known = now;
    // A draft that was sent and is changed again is another one: what the server stored was the one before.
    draft = { name: draft && !draft.sent ? draft.name : name(), at: Date.now(), typed: { ...draft?.typed, ...Object.fromEntries(changed.map((f) => [f, now[f]])) } };
    const kept = write(key, draft);
    tell(kept ? "Not saved yet. Kept in this browser until you save, or sign out." : "Not saved yet, and this browser keeps nothing: save before you leave.", kept);
  };
  for (const kind of ["input", "change", "click"]) form.addEventListener(kind, () => setTimeout(look));
  look();
  // The browser gives up a page for a form before it knows whether the server is there: we look first.
  form.addEventListener("submit", async (event) => {
    look();
    if (!draft) return;
    event.preventDefault();
    try {
      await fetch("/health", { cache: "no-store" });
    } catch {
      const kept = write(key, draft);
      const where = kept ? "what you wrote is kept in this browser. Save again when you are back." : "this browser keeps nothing: stay on this page until you are back.";
      tell(`The server cannot be reached. Nothing was sent; ${where}`, kept);
      return;
    }
    draft.sent = true;
    write(key, draft);
    form.elements.draft.value = draft.name;
    form.submit();
  });
  drop.addEventListener("click", () => {
    if (!confirm("Discard what you typed since it was last saved?")) return;
    forget((k) => k === key);
    draft = null;
    fill(form, { ...Object.fromEntries(Object.keys(known).map((field) => [field, ""])), ...values(form, true) });
    known = values(form, false);
    tell("");
  });
  // The page went on to another day without loading: what was typed here is not that day's.
  new MutationObserver(() => location.reload()).observe(form, { attributeFilter: ["data-draft"] });
}

// Begins with the forms that are there; called again when the page changed.
export function drafts() {
  for (const form of document.querySelectorAll("form[data-draft]:not([data-kept])")) {
    form.dataset.kept = "";
    keep(form);
  }
}

forget((key) => !(Date.now() - (read(key)?.at ?? 0) < KEPT_MS));
// Who signs out leaves nothing behind on this computer.
addEventListener("submit", (event) => event.target.getAttribute("action") === "/sign-out" && forget(() => true), true);
