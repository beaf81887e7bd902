// Settings: of the browser, and of the account, with one list beside every page of them.
import { expect, expectAccessible, gotoHydrated, gpx, register, signIn, test } from "./fixtures";

test("the theme is chosen in the settings", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/settings");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Dark", exact: true, pressed: true })).toBeVisible();
});

test("every page of the settings leads to every other, on a desk and on a phone", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/settings");
  const names = await page.getByRole("navigation", { name: "Settings" }).getByRole("link").allTextContents();
  expect(names).toEqual(expect.arrayContaining(["You", "Units and dates", "Daily questions", "Thresholds and zones", "Security", "Data and privacy", "Trash and history"]));
  for (const phone of [false, true]) {
    if (phone) await page.setViewportSize({ width: 360, height: 740 });
    for (const name of names) {
      const list = page.getByRole("navigation", { name: "Settings" });
      if (phone) await page.getByText("All settings").click();
      await list.getByRole("link", { name, exact: true }).click();
      if (phone) await page.getByText("All settings").click();
      await expect(list.locator("[aria-current=page]")).toHaveText(name);
      if (phone) await page.getByText("All settings").click();
    }
  }
});

test("units are switched in the middle, and every page follows", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles({ name: "run.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity");
  await page.getByRole("link", { name: "run.gpx", exact: true }).click();
  await expect(page).toHaveURL(/activities/);
  const run = page.url();
  await expect(page.locator(".stat", { hasText: "Distance" })).toContainText("km");
  // A weight typed in kilograms.
  await gotoHydrated(page, "/journal/2026-05-03");
  await page.getByLabel("Weight").fill("71.5");
  await page.getByLabel("Weight").blur();
  await expect(page.locator("[data-answers-status]")).toHaveText(/Saved \d\d:\d\d/);
  // Another tab still has the form in kilograms while the units change.
  const stale = await page.context().newPage();
  await gotoHydrated(stale, "/journal/2026-05-04");

  await gotoHydrated(page, "/settings/units");
  await expectAccessible(page);
  await expect(page.locator(".example")).toContainText("10.04");
  await page.getByRole("button", { name: "All as in the United States" }).click();
  await expect(page.getByRole("status").first()).toContainText("Saved");
  await expect(page.locator(".example")).toContainText(/November 26, 2026, 4:05.pm: 6.24.mi/);
  await page.goto(run);
  await expect(page.locator(".stat", { hasText: "Distance" })).toContainText("mi");
  await expect(page.locator(".stat", { hasText: "Elevation gain" })).toContainText("ft");
  await expect(page.locator(".eyebrow")).toContainText("Sunday, May 3, 2026");
  // Splits are computed again from the recording, and numbered in miles.
  await expect(page.getByRole("table", { name: "Splits, by mile" })).toBeVisible();
  await expect(page.locator("table.splits thead")).toContainText("Pace, /mi");
  await gotoHydrated(page, "/activities");
  await expect(page.locator("table.acts td").filter({ hasText: "/mi" }).first()).toBeVisible();
  await gotoHydrated(page, "/journal/2026-05-03");
  await expect(page.getByLabel("Weight")).toHaveValue("157.63");
  await page.getByLabel("Weight").fill("9000");
  await page.getByLabel("Weight").blur();
  await expect(page.getByText("Weight: a number from 44.1 to 882 lb.")).toBeVisible();

  await stale.getByLabel("Weight").fill("72");
  await stale.getByLabel("Weight").blur();
  await expect(stale.locator("[data-answers-status]")).toHaveText(/Saved/);
  await stale.reload();
  await expect(stale.getByLabel("Weight")).toHaveValue("158.73");

  await gotoHydrated(page, "/settings/thresholds");
  await page.getByLabel("Threshold pace, /mi").fill("7:15");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/threshold 7:15.\/mi/)).toBeVisible();
  await expect(page.locator(".weight")).toContainText(/159.lb/);
  // One at a time, and back again.
  await gotoHydrated(page, "/settings/units");
  await page.locator("label", { hasText: "Kilometres and metres" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".example")).toContainText(/November 26, 2026, 4:05.pm: 10.04.km/);
  await gotoHydrated(page, "/settings/thresholds");
  await expect(page.getByText(/threshold 4:30.\/km/)).toBeVisible();
});

test("a browser that prefers American English begins with miles", async ({ browser, baseURL }) => {
  const page = await (await browser.newContext({ baseURL, locale: "en-US" })).newPage();
  await register(page);
  await gotoHydrated(page, "/settings/units");
  await expect(page.locator(".example")).toContainText("mi");
  await page.close();
});
