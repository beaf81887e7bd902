import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

const KEY = "sleep-hours-resting-hr";

/** A new account with two hundred days, in which an hour of sleep lowers the resting heart rate by two beats. */
async function registerWithFinding(page: Page) {
  await register(page);
  let seed = 7;
  const noise = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    return sum;
  };
  const rows = Array.from({ length: 200 }, (_, days) => {
    const sleep = Math.min(11, Math.max(3, 7 + noise()));
    const day = new Date(Date.now() - (days + 1) * 86_400_000).toISOString().slice(0, 10);
    return `${day},${sleep.toFixed(2)},${Math.round(50 - 2 * (sleep - 7) + noise() / 2)}`;
  });
  const multipart = { file: { name: "days.csv", mimeType: "text/csv", buffer: Buffer.from(`date,sleep_hours,resting_hr\n${rows.join("\n")}\n`) } };
  const uploaded = await page.request.post("/journal/import", { multipart, maxRedirects: 0 });
  const file = uploaded.headers().location.split("file=")[1];
  expect((await page.request.post("/journal/import/store", { form: { file } })).ok()).toBe(true);
  await expect(async () => {
    const found = await (await page.request.get("/v1/correlations/what-works")).json();
    expect(found.findings.map(({ key }: { key: string }) => key)).toContain(KEY);
    expect(found.fresh).toBe(true);
  }).toPass({ timeout: 30_000, intervals: [1000] });
}

test("findings are shown with effect, interval, lag, p, q and n, and their days can be explored", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery");
  for (const heading of ["What’s working", "What doesn’t"]) await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  const sleep = page.locator("#sleep-hours-efficiency");
  await expect(sleep.locator(".lead")).toContainText(/An extra hour of sleep: .* more efficient/);
  await expect(sleep.locator(".interval")).toHaveAttribute("aria-label", /between/);
  // The server's chart stays, whatever passes over it.
  await sleep.locator(".scatter .plot").hover();
  await expect(page.locator("[data-live]")).toHaveCount(0);
  await sleep.getByText("How was this tested?").click();
  await expect(sleep.locator("[data-live] svg")).toBeVisible();
  await expect(sleep.locator(".scatter .plot")).toBeVisible();
  for (const fact of ["Days with both", "Lag", "p, best of all lags", "q, over all pairs"]) await expect(sleep.getByText(fact, { exact: true })).toBeVisible();
  await expect(sleep.locator(".profile .plot")).toHaveAttribute("aria-label", /Effect by lag\. 0.days: .*; 7.days:/);
  const table = await page.request.get((await sleep.getByRole("link", { name: "Download the days as CSV" }).getAttribute("href")) ?? "");
  expect((await table.text()).split("\n")[0]).toBe('date,"sleep, hours","efficiency, % from your usual"');
  await expectAccessible(page);
});

test("findings are filtered by outcome and certainty, and the URL says so", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery");
  await page.getByRole("link", { name: "HRV", exact: true }).click();
  await expect(page).toHaveURL(/outcome=hrv/);
  await expect(page.locator("article.finding").first()).toContainText("HRV");
  await expect(page.locator("#sleep-hours-efficiency")).toHaveCount(0);
  await page.getByRole("link", { name: "Confirmed only" }).click();
  await expect(page).toHaveURL(/outcome=hrv&sure=confirmed/);
  await expect(page.getByRole("link", { name: "Confirmed only" })).toHaveAttribute("aria-current", "true");
  await expect(page.getByRole("heading", { name: "Watching" })).toHaveCount(0);
  await page.getByRole("link", { name: "All", exact: true }).click();
  await expect(page.locator("#sleep-hours-efficiency")).toBeVisible();
});

test("the page opens on efficiency, counts things once and makes a remark once", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/thing(s make| makes) you faster/);
  await expect(page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name: "Efficiency", exact: true })).toHaveAttribute("aria-current", "true");
  for (const card of await page.locator("article.finding .chip.plain").allTextContents()) expect(card).toMatch(/→ efficiency$/);
  await gotoHydrated(page, "/discovery?outcome=all");
  const sentences = (await page.locator("article.finding .lead").allTextContents()).join(" ");
  for (const remark of ["Go to bed.", "You knew that. Now it is a number."]) expect(sentences.split(remark).length, remark).toBeLessThanOrEqual(2);
  // Each row says something and, where there is one, its interval, also where there is little room.
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    for (const row of await page.locator("table.rows tbody tr:visible").all()) {
      await expect(row.locator(".answer")).toHaveText(/\w.*\./);
      await expect(row).toContainText("…");
    }
  }
});

for (const width of [1440, 390]) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height: 844 }, hasTouch: width < 800 });

    test("a reader says whether a finding was helpful, and changes their mind", async ({ page }) => {
      await registerWithFinding(page);
      await gotoHydrated(page, "/discovery?outcome=resting_hr");
      const card = page.locator(`#${KEY}`);
      const summary = card.getByText("How was this tested?");
      if (width < 800) await summary.tap();
      else await summary.click();
      const form = card.locator("form.helpful");
      // Nothing is chosen: the sentence stands beside the question, and nothing was sent.
      await form.getByRole("button").click();
      await expect(form.getByRole("alert")).toContainText("Yes or no.");
      await form.getByRole("radio", { name: "No" }).check({ force: true });
      await form.getByLabel("Why, if you like").fill(`Knew that at ${width}.`);
      await form.getByRole("button").click();
      await expect(page).toHaveURL(/outcome=resting_hr&card=sleep-hours-resting-hr/);
      await expect(form.getByRole("radio", { name: "No" })).toBeChecked();
      await expect(form.getByLabel("Why, if you like")).toHaveValue(`Knew that at ${width}.`);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      // By the keyboard, the other answer.
      await page.waitForSelector("html[data-ready]");
      await form.getByRole("radio", { name: "No" }).focus();
      await page.keyboard.press("ArrowUp");
      await expect(form.getByRole("radio", { name: "Yes" })).toBeChecked();
      await form.getByRole("button", { name: "Change the answer" }).focus();
      await page.keyboard.press("Enter");
      await expect(async () => {
        const { items } = await (await page.request.get("/v1/feedback/insight")).json();
        expect(items).toEqual([{ finding: KEY, result: expect.any(String), helpful: true, comment: `Knew that at ${width}.` }]);
      }).toPass();
    });

    test("the days of a finding are explored one by one, and lead to the journal", async ({ page }) => {
      await signIn(page);
      await gotoHydrated(page, "/discovery?outcome=efficiency&card=sleep-hours-efficiency");
      const figure = page.locator("#sleep-hours-efficiency .explore-days");
      await expect(figure.locator("svg")).toBeVisible();
      const line = figure.locator("[data-day]");
      await expect(line).toContainText(/\d{4}: [\d.−]+ → [+−]?[\d.]+/);
      const last = await line.textContent();
      await figure.getByRole("slider").focus();
      await page.keyboard.press("ArrowLeft");
      await expect(line).not.toHaveText(last ?? "");
      await expectAccessible(page);
      const day = await line.getByRole("link", { name: "Open the day" }).getAttribute("href");
      await line.getByRole("link", { name: "Open the day" }).click();
      await expect(page).toHaveURL(day ?? "");
    });

    test("what has too few days says how many are to go, and where to log", async ({ page }) => {
      await register(page);
      await page.request.post(`/journal/${new Date().toISOString().slice(0, 10)}`, { form: { sleep_hours: "7.5", resting_hr: "52" } });
      await gotoHydrated(page, "/discovery");
      const row = page.locator(".waiting li", { hasText: "Sleep → resting heart rate" });
      await expect(row).toContainText(/1.day with both, about \d+ more to go/);
      await expect(row.locator(".bar span")).toHaveAttribute("style", /width:[1-9]/);
      await expectAccessible(page);
      await row.getByRole("link", { name: /Answer in the journal: Sleep/ }).click();
      await expect(page).toHaveURL("/journal#ask-sleep_hours");
      await expect(page.locator("#ask-sleep_hours")).toBeInViewport();
    });
  });
}

test("a card is shared as an image of its sentence", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery?outcome=efficiency&card=sleep-hours-efficiency");
  const link = page.locator("#sleep-hours-efficiency").getByRole("link", { name: /^Share as an image/ });
  await expect(link).toBeVisible();
  const image = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(image.headers()["content-type"]).toBe("image/png");
  const png = await image.body();
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
  expect((await page.request.get("/discovery/no-such-card/card.png")).status()).toBe(404);
});

test("without a script the form of a card works, and a refusal keeps what was typed", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
  const page = await context.newPage();
  await registerWithFinding(page);
  await page.goto(`/discovery?outcome=resting_hr&card=${KEY}`);
  const form = page.locator(`#${KEY} form.helpful`);
  await form.getByRole("radio", { name: "Yes" }).check({ force: true });
  await form.getByLabel("Why, if you like").fill("Plain.");
  await form.getByRole("button").click();
  await expect(page).toHaveURL(/card=sleep-hours-resting-hr&notice=saved/);
  await expect(form.getByRole("radio", { name: "Yes" })).toBeChecked();
  // Numbers that are no longer there.
  const refused = await page.request.post(`/discovery/${KEY}/feedback`, { form: { helpful: "no", comment: "Stale.", result: "0".repeat(40) }, headers: { accept: "text/html", origin: new URL(page.url()).origin } });
  expect(refused.status()).toBe(409);
  expect(await refused.text()).toContain("It was computed again while you read it");
  await context.close();
});

test("a new day is analysed in the background, and API clients get the same", async ({ page }) => {
  await register(page);
  const today = new Date().toISOString().slice(0, 10);
  await page.request.post(`/journal/${today}`, { form: { sleep_hours: "7.5", resting_hr: "52" } });
  const report = await page.request.get("/v1/correlations/discover");
  expect(report.status()).toBe(202);
  const status = report.headers().location;
  await gotoHydrated(page, "/discovery");
  await expect(page.getByRole("heading", { name: "Not enough data yet" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "What could be tested" })).toBeVisible();
  expect((await (await page.request.get(status)).json()).state).toBe("done");
  expect((await page.request.get("/v1/correlations/what-works")).status()).toBe(200);
});

test("an athlete with findings finds what else could be tested at the end of the page", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery");
  const could = page.locator("details", { hasText: "What could be tested" });
  await expect(could).not.toHaveAttribute("open", "");
  await could.locator("summary").first().click();
  await expect(could.locator("li", { hasText: "Load" })).toContainText(/\d+.run days: tested/);
  await expectAccessible(page);
});

test("an empty account gets the one next step", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/discovery");
  await expect(page.getByRole("main").getByRole("link", { name: "Import runs" })).toBeVisible();
  // What could be tested, and where each is logged.
  const could = page.locator(".could-be-tested");
  await expect(could.getByRole("heading", { level: 3 })).toHaveText(["Your day", "Training", "Food"]);
  await expect(could).toContainText("Pick what you wonder about. The rest can wait.");
  await expect(could.locator("li", { hasText: "Carbohydrate before" })).toContainText("no run day yet");
  await expectAccessible(page);
  await could.getByRole("link", { name: "Write down a meal" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Food, when you want to.");
  await page.goto("/demo/ground-truth");
  await expect(page.getByRole("alert")).toContainText("There is no such page");
});
