// What a browser asks for: each page opened first in a fresh browser, and each reached from home by a link. Bytes as they travelled.
// node end2end/page-weight.mjs URL PAGE…
import { chromium } from "@playwright/test";

const [url, ...pages] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.LEGWORK_CHROMIUM, args: ["--no-sandbox", "--disable-background-networking"] });

/** Counts what a page asks for until it is quiet. */
function counter(page) {
  const seen = { requests: 0, bytes: 0, wasm: 0, wasmBytes: 0 };
  const pending = [];
  page.on("requestfinished", (request) => {
    pending.push((async () => {
      const { responseBodySize } = await request.sizes();
      const isWasm = /\.(wasm|pack)$/.test(request.url());
      seen.requests += 1;
      seen.bytes += responseBodySize;
      if (isWasm) { seen.wasm += 1; seen.wasmBytes += responseBodySize; }
    })().catch(() => {}));
  });
  return async () => { await page.waitForLoadState("networkidle"); await Promise.all(pending); return { ...seen }; };
}

async function fresh() {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: "block" });
  const signing = await context.newPage();
  await signing.goto(`${url}/sign-in`);
  await signing.fill("[name=email]", "demo@legwork.example");
  await signing.fill("[name=password]", "legwork-demo");
  await Promise.all([signing.waitForURL(`${url}/`), signing.click("button[type=submit]")]);
  const state = await context.storageState();
  await context.close();
  return state;
}

const state = await fresh();
const kb = (n) => `${(n / 1000).toFixed(1)} kB`;
console.log("| page | first: requests | of them WebAssembly | bytes | from home: requests | of them WebAssembly | WebAssembly bytes |\n|---|---|---|---|---|---|---|");
for (const path of pages) {
  const open = async () => browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: "block", storageState: state });
  const first = await open();
  const page = await first.newPage();
  const count = counter(page);
  await page.goto(url + path);
  await page.waitForSelector("html[data-ready]");
  const whole = await count();
  await first.close();
  const second = await open();
  const home = await second.newPage();
  await home.goto(`${url}/`);
  await home.waitForSelector("html[data-ready]");
  await home.waitForLoadState("networkidle");
  const after = counter(home);
  await home.evaluate((path) => {
    const link = document.createElement("a");
    link.href = path;
    document.querySelector("main").append(link);
    link.click();
  }, path);
  await home.waitForURL(url + path);
  const next = await after();
  await second.close();
  console.log(`| ${path} | ${whole.requests} | ${whole.wasm} | ${kb(whole.bytes)} | ${next.requests} | ${next.wasm} | ${kb(next.wasmBytes)} |`);
}
await browser.close();
