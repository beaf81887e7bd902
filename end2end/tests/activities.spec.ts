import { expect, expectAccessible, gotoHydrated, signIn, test } from "./fixtures";

test.beforeEach(async ({ page }) => signIn(page));

test("the list is paged, newest first, and leads to each activity", async ({ page }) => {
  await gotoHydrated(page, "/activities");
  await expectAccessible(page);
  const rows = page.locator("table.acts tbody tr.a");
  await expect(rows).toHaveCount(25);
  const newest = await rows.first().locator(".at").textContent();
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/\/activities\?after=\w+/);
  await expect(rows.first().locator(".at")).not.toHaveText(newest ?? "");
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(rows.first().locator(".at")).toHaveText(newest ?? "");
  await rows.first().getByRole("link").click();
  await expect(page).toHaveURL(/\/activities\/[0-9a-f-]{36}/);
});

test("an activity shows its numbers, and hovering one chart marks all and the route", async ({ page }) => {
  await gotoHydrated(page, "/activities");
  await page.locator("table.acts a.row-link", { hasText: "Long run" }).first().click();
  for (const name of ["Distance", "Moving time", "Elapsed time", "Pace", "GAP", "Heart rate", "Elevation gain", "Efficiency", "Load"]) {
    const value = page.locator(".stat", { has: page.getByText(name, { exact: true }) }).locator("dd");
    await expect(value).toHaveText(/\d/);
  }
  await expect(page.locator("table.splits tbody tr").nth(5)).toBeVisible();
  await expect(page.getByText(/% (good|fair|high)|%, (good|fair|high)/)).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
  const chart = page.locator(".chart.heart .linked");
  await chart.hover({ position: { x: 300, y: 40 } });
  await expect(page.locator(".readout")).toContainText("bpm");
  await expect(page.locator(".run-charts .cross:visible")).toHaveCount(3);
  await expect(page.locator("circle.here")).toHaveAttribute("r", "6");
  await page.mouse.move(5, 5);
  await expect(page.locator("circle.here")).toHaveAttribute("r", "0");
  await page.locator(".run-charts").focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".readout")).toContainText("km");
  await page.getByText("As a table").click();
  await expect(page.locator(".data tbody tr").first()).toBeVisible();
});

test("another athlete's activity is not found", async ({ page }) => {
  await page.goto("/activities/01890000-0000-7000-8000-000000000000");
  await expect(page.getByRole("alert")).toContainText("There is no such activity");
});
