import { expect, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

test("findings are shown with effect, interval, lag, p, q and n, and their days can be explored", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery");
  for (const heading of ["What’s working", "What doesn’t"]) await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  const sleep = page.locator("#sleep-hours-efficiency");
  await expect(sleep.locator(".lead")).toContainText(/An extra hour of sleep: .* more efficient/);
  await expect(sleep.locator(".interval")).toHaveAttribute("aria-label", /between/);
  await sleep.locator("[data-chart]").hover();
  await expect(sleep.locator("[data-live] svg")).toBeVisible();
  await sleep.getByText("How was this tested?").click();
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
