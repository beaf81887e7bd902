import { type Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, gpx, register, signIn, test } from "./fixtures";

const rows = (page: Page) => page.locator("table.acts tbody tr.a");

async function withRuns(page: Page, days: string[]) {
  await register(page);
  for (const day of days) {
    const id = "01900000-0000-7000-8000-" + (Date.now() + Number(day.slice(-2))).toString().slice(-12);
    await page.request.post(`/imports/upload?import=${id}`, { multipart: { file: { name: `${day}.gpx`, mimeType: "application/gpx+xml", buffer: gpx(`${day}T07:00:00Z`) } }, headers: { "sec-fetch-site": "same-origin" } });
  }
  await expect(async () => {
    await page.goto("/activities");
    await expect(rows(page)).toHaveCount(days.length, { timeout: 1000 });
  }).toPass();
}

test("the list is filtered by address, says how, and lets each condition go", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/activities?min_distance_m=12000&sort=distance");
  await expectAccessible(page);
  await expect(page.locator(".fchip.on")).toHaveText(["From 12 km"]);
  const metres = (await rows(page).locator(".c-dist").allTextContents()).map(Number.parseFloat);
  expect(metres.length).toBeGreaterThan(0);
  expect(metres.every((far) => far >= 12)).toBe(true);
  expect([...metres].sort((a, b) => b - a)).toEqual(metres);
  await page.locator(".fchip.on").click();
  await expect(page).toHaveURL(/\/activities\?sort=distance$/);
  await expect(page.locator(".fchip.on")).toHaveCount(0);
});

test("the form of the filter writes an address", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/activities");
  const all = await page.getByRole("heading", { level: 1 }).locator("mark").textContent();
  await page.locator("summary", { hasText: "Heart rate" }).click();
  await page.getByLabel("From, in bpm").fill("150");
  await page.locator("details[open]").getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/min_hr_bpm=150/);
  await expect(page).not.toHaveURL(/max_hr_bpm|duration_min/);
  await expect(page.getByRole("heading", { level: 1 }).locator("mark")).not.toHaveText(all ?? "");
  await page.getByPlaceholder("Title, note, tag, gear").fill("nothing is called like this");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing fits all of that.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Show all activities" }).click();
  await expect(page.getByRole("heading", { level: 1 }).locator("mark")).toHaveText(all ?? "");
});

test("a heading stands over each week, and totals over all", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/activities");
  await expect(page.locator("tr.sep").first()).toContainText(/\d+ to \d+ \w+|\w+ to \d+/);
  await expect(page.locator("tr.sep").first()).toContainText(/\d:\d\d/);
  await expect(page.locator(".sums li").first()).toContainText(/runs?/);
  await gotoHydrated(page, "/activities?sort=distance");
  await expect(page.locator("tr.sep")).toHaveCount(0);
});

test("the whole row opens, also on a phone", async ({ page }) => {
  await signIn(page);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await gotoHydrated(page, "/activities");
    const heart = rows(page).first().locator(".c-hr");
    await expect(heart).toBeVisible();
    // The link of the row lies over it.
    await heart.click({ force: true });
    await expect(page).toHaveURL(/\/activities\/[0-9a-f-]{36}/);
  }
});

test("keys move, select and open", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/activities");
  await page.waitForSelector("html[data-ready]");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(rows(page).nth(1)).toHaveAttribute("data-cursor", "");
  await page.keyboard.press("x");
  await expect(page.locator("[data-bulk-count]")).toHaveAttribute("data-bulk-count", "1");
  await expect(page.locator("form.bulk")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("form.bulk")).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Keys of this page");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("/");
  await expect(page.getByPlaceholder("Title, note, tag, gear")).toBeFocused();
  await page.keyboard.type("j");
  await expect(page.getByPlaceholder("Title, note, tag, gear")).toHaveValue("j");
  await page.getByPlaceholder("Title, note, tag, gear").fill("");
  await page.getByPlaceholder("Title, note, tag, gear").blur();
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/activities\/[0-9a-f-]{36}/);
});

test("several are tagged, deleted, and all of it is undone", async ({ page }) => {
  await withRuns(page, ["2026-05-03", "2026-05-04", "2026-05-05"]);
  await gotoHydrated(page, "/activities");
  await rows(page).nth(0).locator(".pick input").check();
  await rows(page).nth(1).locator(".pick input").check();
  await page.locator("form.bulk summary", { hasText: "Tag" }).click();
  await page.locator("form.bulk input[name=tag]").fill("Tempo");
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByRole("status").first()).toContainText("have the tag");
  await expect(rows(page).locator(".chip", { hasText: "tempo" })).toHaveCount(2);
  await expectAccessible(page);
  await page.goto("/activities?tag=tempo");
  await expect(rows(page)).toHaveCount(2);
  await rows(page).nth(0).locator(".pick input").check();
  await page.locator("form.bulk").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("status").first()).toContainText("in the trash");
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByRole("status").first()).toContainText("Undone");
});

test("filters are kept, and the list is a spreadsheet", async ({ page }) => {
  await withRuns(page, ["2026-05-03", "2026-05-04"]);
  await gotoHydrated(page, "/activities?from=2026-05-04");
  await page.locator("summary", { hasText: "Save this filter" }).click();
  await page.getByLabel("Its name").fill("Since the fourth");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("status").first()).toContainText("Saved");
  await page.goto("/activities");
  await page.locator("summary", { hasText: "1 saved filter" }).click();
  await page.getByRole("link", { name: "Since the fourth" }).click();
  await expect(page).toHaveURL(/from=2026-05-04/);
  await expect(rows(page)).toHaveCount(1);
  const csv = await page.request.get("/activities/list.csv?from=2026-05-04");
  expect((await csv.text()).trim().split("\n")).toHaveLength(2);
});

test("gear has a page of its own", async ({ page }) => {
  await withRuns(page, ["2026-05-03"]);
  await gotoHydrated(page, "/gear");
  await expectAccessible(page);
  await page.getByLabel("Name").fill("Red shoes");
  await page.getByLabel("Before it came here").fill("100");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".gear-list")).toContainText("100 km");
  await page.goto("/activities");
  await rows(page).first().locator(".pick input").check();
  await page.locator("form.bulk summary", { hasText: "Gear" }).click();
  await page.locator("form.bulk input[name=gear]").fill("Red shoes");
  await page.getByRole("button", { name: "Set the gear" }).click();
  await page.goto("/gear");
  await expect(page.locator(".gear-list")).toContainText("1 activity");
  await page.getByRole("link", { name: /1 activity/ }).click();
  await expect(rows(page)).toHaveCount(1);
});
