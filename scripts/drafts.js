// What is typed into a form stays in this tab until it is sent: through Back, a reload, and a look at another page. A form with `data-draft` names its draft.
const PREFIX = "legwork:draft:";

const read = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null; // no storage, or not our JSON
  }
};
const write = (key, value) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // no storage: the form is as it was without drafts
  }
};
const forget = () => {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // no storage, so nothing to forget
  }
};

const named = (form) => [...form.elements].filter((field) => field.name);
const isTick = (field) => field.type === "checkbox" || field.type === "radio";
// What the server said. A draft belongs to a form that began like this one: a sent form begins otherwise, and so does one in other units, one that another
// device has answered, and one that comes back refused with what was typed.
const beginning = (form) =>
  JSON.stringify(
    named(form).map((field) => {
      if (isTick(field)) return [field.name, field.value, field.defaultChecked];
      return [field.name, field.options ? [...field.options].map((option) => option.defaultSelected) : field.defaultValue];
    }),
  );
const typed = (form) => named(form).filter((field) => field.type !== "hidden");

function attach(form) {
  const key = PREFIX + form.dataset.draft;
  const began = beginning(form);
  const draft = read(key);
  if (draft?.began === began) {
    for (const [i, field] of typed(form).entries()) {
      const was = draft.values[i];
      if (was === (isTick(field) ? field.checked : field.value)) continue;
      if (isTick(field)) field.checked = was;
      else field.value = was;
      field.closest("details")?.setAttribute("open", "");
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  const keep = () => write(key, { began, values: typed(form).map((field) => (isTick(field) ? field.checked : field.value)) });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.dataset.drafted = "";
  // What was typed before the page was ready.
  keep();
}

// Attaches to the forms on the page; called again when the page changes. Whoever signs in next may be somebody else.
export function drafts() {
  if (document.querySelector("form[action='/sign-in']")) forget();
  for (const form of document.querySelectorAll("form[data-draft]:not([data-drafted])")) attach(form);
}

addEventListener("submit", (event) => event.target.getAttribute("action") === "/sign-out" && forget(), true);
