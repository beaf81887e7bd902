// How long from an input to the picture that shows it, and how far a page moves while it loads, with the processor slowed four times.
// node end2end/interaction.mjs URL
import { chromium } from "@playwright/test";

const [url] = process.argv.slice(2);
const SLOWER = 4;
const browser = await chromium.launch({ executablePath: process.env.LEGWORK_CHROMIUM, args: ["--no-sandbox", "--disable-background-networking"] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: false, serviceWorkers: "block" });
const page = await context.newPage();
await page.goto(`${url}/sign-in`);
await page.fill("[name=email]", "demo@legwork.example");
await page.fill("[name=password]", "legwork-demo");
await Promise.all([page.waitForURL(`${url}/`), page.click("button[type=submit]")]);
await page.goto(`${url}/activities`);
const activity = await page.locator("table.acts a.row-link", { hasText: "Long run" }).first().getAttribute("href");
const cdp = await context.newCDPSession(page);
await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });

// From the moment of the event to the first task after the frame that it asked for.
await page.addInitScript(() => {
  globalThis.taken = [];
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  for (const name of ["pointermove", "keydown", "click"]) {
    addEventListener(name, (event) => requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => globalThis.taken.push(performance.now() - event.timeStamp);
      painted.port2.postMessage(0);
    }), { capture: true });
  }
});

const open = async (path) => {
  await page.goto(url + path);
  await page.waitForSelector("html[data-ready]");
  await page.waitForTimeout(1500);
};
/** The middle and the slowest of the inputs since the last reading. */
const read = async () => {
  await page.waitForTimeout(300);
  const taken = (await page.evaluate(() => globalThis.taken.splice(0))).sort((a, b) => a - b);
  return `${taken.length} | ${taken[Math.floor(taken.length / 2)]?.toFixed(0)} ms | ${taken.at(-1)?.toFixed(0)} ms`;
};
const hover = async (selector) => {
  const area = await page.locator(selector).first().boundingBox();
  await read();
  for (let i = 0; i < 60; i++) {
    await page.mouse.move(area.x + 20 + (i * (area.width - 40)) / 60, area.y + area.height / 2);
    await page.waitForTimeout(30);
  }
};

console.log(`| with a processor slowed ${SLOWER} times | inputs | middle | slowest |\n|---|---|---|---|`);
await open(activity);
await page.locator(".tracks").scrollIntoViewIfNeeded();
await hover(".tracks .chart.pace .plot-area");
console.log(`| hovering the tracks of an activity | ${await read()} |`);
await page.locator(".tracks").focus();
for (let i = 0; i < 30; i++) { await page.keyboard.press("ArrowRight"); await page.waitForTimeout(30); }
console.log(`| moving the cursor of the tracks by keyboard | ${await read()} |`);
await page.getByRole("group", { name: "Coloured by" }).getByRole("button", { name: "Heart rate" }).click();
console.log(`| colouring the route | ${await read()} |`);
await open("/performance");
await page.locator(".balance").first().scrollIntoViewIfNeeded();
await hover(".balance .plot-area");
console.log(`| hovering the chart of fitness | ${await read()} |`);
await open("/activities");
await read();
await page.getByPlaceholder("Title, note, tag, gear").pressSequentially("long run", { delay: 60 });
console.log(`| typing into the filter of the list | ${await read()} |`);
console.log("\n| page | layout shift |\n|---|---|");
for (const path of ["/", "/activities", activity, "/calendar", "/performance", "/discovery", "/journal"]) {
  await open(path);
  await page.mouse.wheel(0, 4000);
  await page.waitForTimeout(800);
  console.log(`| ${path === activity ? "/activities/{id}" : path} | ${(await page.evaluate(() => globalThis.shifted)).toFixed(3)} |`);
}
await browser.close();
