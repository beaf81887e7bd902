// What needs no WebAssembly: uploads, interactive charts, answers of the journal, drafts, keys of the list, moving planned sessions, passkeys, the service worker. Small on purpose.
import { answers } from "./answers.js";
import { drafts } from "./drafts.js";
import "./grid.js";
import { list } from "./list.js";
import { plan } from "./plan.js";

const now = () => Date.now();

// A UUIDv7, so that a repeated request adds to the same import.
function importId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = now();
  for (let i = 5; i >= 0; i--, ms = Math.floor(ms / 256)) bytes[i] = ms % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

const panel = () => document.getElementById("dropping");
const part = (name) => panel()?.querySelector(`[data-part="${name}"]`);
function show(title, detail = "", percent = 0, uploading = false) {
  if (!panel()) return;
  panel().hidden = false;
  part("title").textContent = title;
  part("detail").textContent = detail;
  part("bar").value = percent;
  part("bar").hidden = !uploading;
  part("cancel").hidden = !uploading;
}
const hide = () => panel() && (panel().hidden = true);

function uploadOne(file, id, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", `/imports/upload?import=${id}`);
    request.upload.onprogress = (e) => onProgress(e.loaded);
    request.onload = () => (request.status < 400 ? resolve() : reject(new Error(request.responseText || `The server answered ${request.status}.`)));
    request.onerror = () => reject(new Error("The connection was lost."));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

// A large file goes in pieces: when the connection breaks, it waits, and goes on where it stopped. The upload is remembered, so that the same
// file goes on also after the page was closed.
const LARGE = 4 << 20;
const PIECE = 16 << 20;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
const REMEMBERED = "upload ";
const problem = (status, text) => {
  let detail;
  try {
    detail = JSON.parse(text).detail;
  } catch {
    // Not ours: a proxy's page.
  }
  return Object.assign(new Error(detail || `The server answered ${status}.`), { status });
};
const call = async (method, path, signal, body, key) => {
  const headers = { ...(body && { "content-type": "application/json" }), ...(key && { "idempotency-key": key }) };
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal });
  const text = await response.text();
  if (!response.ok) throw problem(response.status, text);
  return JSON.parse(text);
};
function sendPiece(upload, piece, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("PATCH", `/v1/uploads/${upload.id}?offset=${upload.received}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (e) => onProgress(upload.received + e.loaded);
    request.onload = () => (request.status < 400 ? resolve(request.responseText) : reject(problem(request.status, request.responseText)));
    request.onerror = () => reject(new Error("The connection was lost."));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort);
    request.send(piece);
  }).then(JSON.parse);
}
// What may go better the next time: no answer, another request that is still ending, too many at once, a server that is starting.
const passes = ({ status }, method) => !status || [429, 502, 503, 504].includes(status) || (status === 409 && method === "PATCH");
const wait = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    }
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
async function uploadInPieces(file, id, onProgress, signal) {
  const name = `${REMEMBERED}${file.size} ${file.lastModified}`;
  const remember = (known) => localStorage.setItem(name, JSON.stringify(known));
  // Its keys, so that a request whose answer was lost is not done twice.
  let known = JSON.parse(localStorage.getItem(name) ?? "{}");
  if (known.name !== file.name) known = {};
  let upload;
  let method;
  for (let failures = 0; ; failures += 1) {
    try {
      // Whole, and perhaps in its import already: only the answer is missing.
      if (!known.import) {
        method = "GET";
        if (known.id) upload = await call(method, `/v1/uploads/${known.id}`, signal).catch((e) => (e.status === 404 ? undefined : Promise.reject(e)));
        if (!upload) {
          method = "POST";
          if (!known.key || known.id) remember((known = { name: file.name, key: importId() }));
          upload = await call(method, "/v1/uploads", signal, { name: file.name, bytes: file.size }, known.key);
          remember((known = { ...known, id: upload.id }));
        }
        method = "PATCH";
        while (!upload.complete) {
          upload = await sendPiece(upload, file.slice(upload.received, upload.received + PIECE), onProgress, signal);
          failures = 0;
        }
        remember((known = { ...known, import: id }));
      }
      method = "POST";
      await call(method, `/v1/imports?import=${known.import}&upload=${known.id}`, signal, undefined, known.id);
      localStorage.removeItem(name);
      return known.import;
    } catch (error) {
      const cancelled = error.name === "AbortError";
      if (!cancelled && passes(error, method) && failures < RETRY_MS.length * 4) {
        part("detail").textContent = `Waiting for the connection: ${file.name}`;
        await wait(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)], signal);
        continue;
      }
      // A lost connection may come back, and the same file goes on then.
      if (cancelled || !passes(error, method)) localStorage.removeItem(name);
      if (cancelled && known.id) fetch(`/v1/uploads/${known.id}`, { method: "DELETE", keepalive: true });
      throw error;
    }
  }
}
// Signing out leaves nothing behind on this computer.
addEventListener("submit", (e) => {
  if (e.target.getAttribute("action") !== "/sign-out") return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(REMEMBERED)) localStorage.removeItem(key);
}, true);

async function upload(files, next) {
  if (!files.length) return hide();
  let id = importId();
  const control = new AbortController();
  const total = files.reduce((sum, f) => sum + f.size, 0) || 1;
  let before = 0;
  let sent = 0;
  const errors = [];
  part("cancel").onclick = () => control.abort();
  for (const file of files) {
    const report = (loaded) => show("Uploading", `${sent + 1} of ${files.length}: ${file.name}`, ((before + loaded) / total) * 100, true);
    report(0);
    try {
      id = (await (file.size > LARGE ? uploadInPieces : uploadOne)(file, id, report, control.signal)) ?? id;
      sent += 1;
    } catch (error) {
      if (error.name === "AbortError") break;
      errors.push(`${file.name}: ${error.message}`);
    }
    before += file.size;
  }
  const go = () => (sent > 0 ? location.assign(next ?? `/imports/${id}`) : hide());
  if (!errors.length) return go();
  // What failed may be in no import: then this is the only place that says so.
  show(sent > 0 ? `${errors.length} of ${files.length} files were not uploaded.` : "Upload failed.", errors.slice(0, 3).join(" "));
  part("cancel").hidden = false;
  part("cancel").textContent = sent > 0 ? "Go on" : "Close";
  part("cancel").onclick = go;
}

// Folders are walked; the browser returns their entries in batches.
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const out = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return out;
    for (const inner of batch) out.push(...(await filesOf(inner)));
  }
}

const hasFiles = (event) => panel() && event.dataTransfer && [...event.dataTransfer.types].includes("Files");
let depth = 0;
addEventListener("dragenter", (e) => {
  if (!hasFiles(e)) return;
  depth += 1;
  show("Drop it. Files, folders, whole exports.");
});
addEventListener("dragleave", (e) => {
  if (!hasFiles(e)) return;
  depth -= 1;
  if (depth <= 0) hide();
});
addEventListener("dragover", (e) => hasFiles(e) && e.preventDefault());
addEventListener("drop", async (e) => {
  if (!hasFiles(e)) return;
  e.preventDefault();
  depth = 0;
  const entries = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length ? (await Promise.all(entries.map(filesOf))).flat() : [...e.dataTransfer.files];
  upload(files.filter((f) => !f.name.startsWith(".")), document.querySelector("form[data-upload]")?.dataset.next);
});
addEventListener("submit", (e) => {
  if (!e.target.matches("form[data-upload]")) return;
  e.preventDefault();
  upload([...e.target.querySelector("input[type=file]").files], e.target.dataset.next);
});
addEventListener("change", ({ target }) => {
  if (target.type === "file" && target.files.length && target.form?.dataset.upload === "at-once") target.form.requestSubmit();
});

// The time zone of a new account is that of the browser.
addEventListener("submit", (e) => {
  const field = e.target.querySelector("input[name=time_zone]");
  if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}, true);

// Charts: the server's picture stays. In an opened card the library draws the same days to explore, in the page's colours, until the element goes.
const live = new Map();
let hydrated = false;
const themed = (text) => {
  const style = getComputedStyle(document.documentElement);
  return text.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
};
// The charts of the report on the page, fetched once for each report.
let fetched = {};
const chartOption = async (key) => {
  const report = document.querySelector("[data-report]")?.dataset.report;
  if (fetched.report !== report) {
    const charts = fetch("/discovery/charts.json").then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.status))));
    charts.catch(() => (fetched = {})); // fetched again with the next chart
    fetched = { report, charts };
  }
  return (await fetched.charts)[key];
};
const explore = async (details) => {
  const element = details.querySelector?.("[data-chart]");
  if (!hydrated || !details.open || !element || live.has(element)) return;
  live.set(element, null);
  try {
    const [{ draw }, option] = await Promise.all([import(document.querySelector("meta[name=legwork-charts]").content), chartOption(element.dataset.chart)]);
    if (!element.isConnected || !option) return;
    element.closest("figure").hidden = false; // shown when there is something to explore
    live.set(element, draw(element, JSON.parse(themed(option))));
  } catch {
    setTimeout(() => live.delete(element), 5000); // the server's chart stays, and this one may be tried again in a while
  }
};
// `toggle` does not bubble.
addEventListener("toggle", ({ target }) => explore(target), true);
// A tap on the trend opens the nearest run, whose link stands in the list below, with its place on the chart.
addEventListener("click", ({ target, clientX, clientY }) => {
  const area = target.closest?.("[data-runs] .plot-area");
  if (!area) return;
  const box = area.getBoundingClientRect();
  const distance = (link) => {
    const [left, top] = link.dataset.at.split(" ");
    return Math.hypot(box.left + (box.width * left) / 100 - clientX, box.top + (box.height * top) / 100 - clientY);
  };
  let [nearest, least] = [null, 32];
  for (const link of area.closest("[data-runs]").querySelectorAll("a[data-at]")) {
    const pixels = distance(link);
    if (pixels < least) [nearest, least] = [link, pixels];
  }
  nearest?.click();
});
// A picture to share: where the system has a sheet for it, and otherwise the link downloads it.
addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-share]");
  if (!link || !navigator.canShare || event.ctrlKey || event.metaKey) return;
  const name = link.getAttribute("download") || "finding.png";
  if (!navigator.canShare({ files: [new File([], name, { type: "image/png" })] })) return;
  event.preventDefault();
  try {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(response.status);
    await navigator.share({ files: [new File([await response.blob()], name, { type: "image/png" })] });
  } catch (error) {
    // Closing the sheet is an expected outcome.
    if (error.name !== "AbortError") location.assign(link.href);
  }
});
// A link in a sheet leads on: the sheet would stay above the next page.
addEventListener("click", (event) => event.target.closest("[popover] a")?.closest("[popover]").hidePopover());
const watch = () => {
  answers();
  drafts();
  list();
  plan();
  // Ours has the server's sentences. Before hydration, the browser's own is better than none.
  for (const form of document.querySelectorAll("form[data-validated]")) form.noValidate = true;
  for (const [element, chart] of live) {
    if (!element.isConnected) {
      chart?.dispose();
      live.delete(element);
    }
  }
};
// Only after hydration: a chart that was drawn earlier would break it.
addEventListener("legwork:ready", () => {
  hydrated = true;
  watch();
  document.querySelectorAll("details[open]").forEach(explore);
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  document.documentElement.dataset.ready = "";
  // A reload shows no notice twice.
  const here = new URL(location);
  if (here.searchParams.has("notice")) {
    here.searchParams.delete("notice");
    history.replaceState(history.state, "", here);
  }
});

// During development: a restarted server has new pages.
if (document.querySelector("meta[name=legwork-reload]")) {
  let first;
  setInterval(async () => {
    const id = await fetch("/dev/build-id").then((r) => r.text(), () => first);
    first ??= id;
    if (id !== first) location.reload();
  }, 700);
} else if ("serviceWorker" in navigator) {
  let registered = false;
  const register = () => {
    if (registered) return;
    registered = true;
    navigator.serviceWorker.register("/sw.js").then((registration) => {
      if (!registration) return; // a browser configured to block workers
      const offer = (worker) => {
        if (!navigator.serviceWorker.controller) return; // the first one replaces nothing
        const box = document.createElement("div");
        box.className = "card update";
        box.setAttribute("role", "status");
        box.append("A newer Legwork is ready.");
        const button = document.createElement("button");
        button.className = "btn primary";
        button.textContent = "Reload";
        button.onclick = () => worker.postMessage("take over");
        box.append(button);
        document.body.append(box);
      };
      if (registration.waiting) offer(registration.waiting);
      registration.addEventListener("updatefound", () => {
        const worker = registration.installing;
        worker?.addEventListener("statechange", () => worker.state === "installed" && offer(worker));
      });
    }, () => {});
  };
  // It fetches what the page is about to fetch, so it comes after the page. Without WebAssembly no page says that it is ready.
  addEventListener("legwork:ready", register);
  setTimeout(register, 20_000);
  let had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => (had ? location.reload() : (had = true)));
}

// Passkeys: the server sends a challenge, the browser signs it, the server answers where to go next.
const postJson = async (path, body = {}) => {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail || `The server answered ${response.status}.`);
  return answer;
};
const endpoints = { "sign-in": ["/sign-in/passkey/begin", "/sign-in/passkey"], reauthenticate: ["/sign-in/passkey/begin", "/reauthenticate/passkey"], add: ["/settings/passkeys/begin", "/settings/passkeys"] };
async function passkey(purpose) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) throw new Error("This browser does not support passkeys. Use another way to sign in.");
  const { ticket, options } = await postJson(endpoints[purpose][0]);
  const credential =
    purpose === "add"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  const name = document.getElementById("passkey-name")?.value ?? "";
  const nextPage = document.querySelector("[data-passkey-next]")?.value ?? "";
  const { next } = await postJson(endpoints[purpose][1], { ticket, name, answer: credential.toJSON(), next: nextPage });
  location.assign(next);
}
addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-passkey]");
  if (!button) return;
  const status = document.querySelector("[data-passkey-error]");
  status.hidden = true;
  button.disabled = true;
  try {
    await passkey(button.dataset.passkey);
  } catch (error) {
    // Closing the browser's dialogue is an expected outcome.
    status.textContent = error.name === "NotAllowedError" ? "The browser returned no passkey. Try again, or use another way." : error.message;
    status.hidden = false;
  }
  button.disabled = false;
});
