import { expect, gpx, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

test("fitness, races, critical speed and records are there, with tables behind the charts", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/performance");
  await expectAccessible(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Fitness");
  await expect(page.locator(".balance path.curve.ahead")).toHaveCount(3);
  await expect(page.locator(".balance path.curve.fitness.ahead")).toHaveCSS("stroke-dasharray", /\d/);
  await page.getByText("As a table, one row per week").click();
  await expect(page.locator(".balance tbody tr").nth(10)).toBeVisible();
  const marathon = page.getByRole("row").filter({ hasText: /^marathon/ });
  await expect(marathon.first()).toContainText(/\d:\d\d:\d\d to \d:\d\d:\d\d/);
  await expect(page.getByRole("heading", { name: "Critical speed" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Longest run" }).locator("td.best")).toHaveCount(1);
  await expect(page.getByRole("row").filter({ hasText: /^\s*20\sminutes/ }).getByRole("link")).toHaveAttribute("href", /\/activities\//);
  await page.getByRole("row").filter({ hasText: "half marathon" }).locator("td.best").getByRole("link").click();
  await expect(page).toHaveURL(/\/activities\/[0-9a-f-]{36}/);
  await page.getByRole("radio", { name: "Best efforts" }).check();
  await expect(page.getByRole("row").filter({ hasText: "half marathon" })).toContainText("your best");
  await expect(page.locator("table.zones").first().locator("tbody tr")).toHaveCount(5);
});

test("fitness is read at any day, over any range, and by the athlete’s own constants", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/performance");
  const chart = page.locator(".balance");
  await chart.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(chart.locator(".readout")).toContainText(/fitness \d+ · fatigue \d+ · form/);
  await chart.locator(".plot-area").first().hover({ position: { x: 60, y: 40 } });
  const early = await chart.locator(".readout").textContent();
  await chart.getByRole("link", { name: "90 d" }).click();
  await expect(page).toHaveURL(/range=quarter/);
  await expect(chart.getByRole("link", { name: "90 d" })).toHaveAttribute("aria-current", "true");
  expect(early).toContain("fitness");
  await expect(chart.locator(".form-band.tired")).toBeAttached();
  await page.getByRole("link", { name: "Yours", exact: true }).click();
  await expect(page.getByText(/days with runs|fades over/).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByText("The efforts behind it").click();
  await expect(page.locator("details[open] li a").first()).toHaveAttribute("href", /\/activities\//);
  await expect(page.getByRole("heading", { name: "Two seasons" })).toBeVisible();
  await expect(page.locator(".records td.best").first()).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("fitness fits and is read by a finger", async ({ page }) => {
    await signIn(page);
    await gotoHydrated(page, "/performance");
    await page.locator(".balance .plot-area").first().tap({ position: { x: 120, y: 60 } });
    await expect(page.locator(".balance .readout")).toContainText("fitness");
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });
});

test("the curves of one sport are in the address, and every sport has its records", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/imports");
  const start = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const ride = Buffer.from(gpx(start(2), 60).toString().replace("<type>running", "<type>cycling"));
  const recording = (name: string, buffer: Buffer) => ({ name, mimeType: "application/gpx+xml", buffer });
  await page.getByLabel("Choose files").setInputFiles([recording("run.gpx", gpx(start(1))), recording("ride.gpx", ride)]);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("2 new activities");
  await gotoHydrated(page, "/performance");
  const sports = page.getByRole("navigation", { name: "Sport" });
  await expect(sports.getByRole("link", { name: "All sports" })).toHaveAttribute("aria-current", "true");
  await expect(page.getByRole("heading", { name: "Rides", exact: true })).toBeVisible();
  await sports.getByRole("link", { name: "Rides" }).click();
  await expect(page).toHaveURL(/sport=cycling/);
  await expect(page.getByText("From the TRIMP of rides alone")).toBeVisible();
  await expect(page.getByText("Rides alone: these numbers leave out every other sport.")).toBeVisible();
  await page.getByRole("link", { name: "Year", exact: true }).click();
  await expect(page).toHaveURL(/range=year&sport=cycling/);
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
});

test("an empty account shows what makes a curve", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/performance");
  await expectAccessible(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing to add up yet.");
});

test("thresholds carry dates, are validated, and old runs are recomputed with them", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles({ name: "run.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity");
  await page.getByRole("link", { name: "run.gpx", exact: true }).click();
  await expect(page).toHaveURL(/activities/);
  const activity = page.url();
  await expect(page.getByText("The running stress score needs your threshold pace.")).toBeVisible();
  await expect(page.getByText("With an assumed maximum of 190").first()).toBeVisible();
  await page.getByRole("link", { name: "Enter it" }).click();
  await expect(page.getByLabel("Threshold pace, /km")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("From", { exact: true }).fill("2026-05-01");
  await page.getByLabel("Threshold pace, /km").fill("1:30");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("A pace between 2:00 and 15:00")).toBeVisible();
  await page.getByLabel("Threshold pace, /km").fill("4:30");
  await page.getByLabel("Maximum heart rate", { exact: true }).fill("188");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your thresholds changed. 1 activity recomputed.")).toBeVisible();
  await expect(page.getByText("maximum 188")).toBeVisible();
  await expectAccessible(page);
  await page.goto(activity);
  await expect(page.getByRole("row").filter({ hasText: "Running stress score" })).toContainText(/\d/);
  await expect(page.getByText("With an assumed resting heart rate of 60").first()).toBeVisible();
  await expect(page.getByText("assumed maximum")).toHaveCount(0);
  await page.goto("/settings/thresholds");
  await page.getByRole("button", { name: "Delete the thresholds from 2026-05-01" }).click();
  await expect(page.getByText("Nothing entered.")).toBeVisible();
});
