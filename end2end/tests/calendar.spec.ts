import { dayAtNoon, expect, expectAccessible, gotoHydrated, gpx, NOON_ZONE, register, test } from "./fixtures";

test.use({ timezoneId: NOON_ZONE });

/** The first day of the week of a day, a Monday. */
const monday = (of: string) => {
  const date = new Date(`${of}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
};

test("a month on a desk, by mouse and keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await register(page);
  await gotoHydrated(page, "/calendar");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("yet.");
  await expectAccessible(page);
  // A run of today, and a night in the journal.
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles({ name: "lake.gpx", mimeType: "application/gpx+xml", buffer: gpx(new Date(Date.now() - 3_600_000).toISOString(), 15) });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity");
  await gotoHydrated(page, `/journal/${dayAtNoon()}`);
  await page.locator(".ask", { hasText: "Sleep" }).first().locator("label.choice", { hasText: /^\s*8\s*$/ }).click();
  await expect(page.locator("[data-answers-status]")).toContainText("Saved");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Calendar" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 run in");
  const today = page.locator(".cal .day.today");
  await expect(today.locator(".ses")).toHaveCount(1);
  await expect(today.getByRole("link", { name: /^Journal of .*: journal$/ })).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
  // By keyboard to the week, and on.
  await page.getByRole("link", { name: "Week", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/calendar?week=${monday(dayAtNoon())}`);
  await expect(page.locator(".agenda .ses:visible")).toHaveCount(1);
  await page.getByRole("link", { name: "Week before" }).click();
  await expect(page).toHaveURL(`/calendar?week=${monday(dayAtNoon(-7))}`);
  await expect(page.locator(".week-view dl")).toContainText("0.0");
  await page.getByRole("link", { name: "Month", exact: true }).click();
  await page.getByRole("link", { name: "Month after" }).click();
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page).toHaveURL("/calendar");
  await today.locator(".ses").click();
  await expect(page).toHaveURL(/\/activities\/[0-9a-f-]{36}$/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 780 }, hasTouch: true });

  test("a small month leads to its weeks", async ({ page }) => {
    await register(page);
    await gotoHydrated(page, "/calendar?month=2026-03");
    await expect(page.getByRole("heading", { name: /March/, level: 1 })).toBeVisible();
    await page.getByRole("link", { name: /^Wednesday 18 March/ }).tap();
    await expect(page.getByRole("heading", { name: "16 to 22 March" })).toBeVisible();
    await page.waitForSelector("html[data-ready]");
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    // What is no month is this one.
    await gotoHydrated(page, "/calendar?month=2026-13&week=never");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("yet.");
  });
});
