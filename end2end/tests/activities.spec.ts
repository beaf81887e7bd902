import type { Page } from "@playwright/test";
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
  const tracks = page.locator(".tracks");
  await tracks.locator(".chart.heart").hover({ position: { x: 300, y: 60 } });
  await expect(page.locator(".chart.heart .track-head b")).toContainText("bpm");
  await expect(page.locator(".chart.heart .track-head b")).toHaveText(/\d/);
  await expect(page.locator(".tracks .cross:visible")).toHaveCount(await page.locator(".tracks figure").count());
  await expect(page.locator("circle.here")).toHaveAttribute("r", "6");
  // What was read stays when the pointer leaves.
  await page.mouse.move(5, 5);
  await expect(page.locator("circle.here")).toHaveAttribute("r", "6");
  await tracks.focus();
  await page.keyboard.press("Escape");
  await expect(page.locator("circle.here")).toHaveAttribute("r", "0");
  await page.keyboard.press("ArrowRight");
  await expect(tracks.locator(".readout")).toContainText("km");
  await page.getByText("As a table").click();
  await expect(page.locator(".tracks .data tbody tr").first()).toBeVisible();
});

/** The newest long run of the synthetic athlete, ready. */
async function longRun(page: Page): Promise<void> {
  await gotoHydrated(page, "/activities");
  await page.locator("table.acts a.row-link", { hasText: "Long run" }).first().click();
  await expect(page.locator(".tracks")).toBeVisible();
  await page.waitForSelector("html[data-ready]");
}

test("a stretch that is picked with the mouse has its own numbers, splits and charts", async ({ page }) => {
  await longRun(page);
  const area = (await page.locator(".tracks .chart.pace .plot-area").boundingBox())!;
  const at = (share: number) => area.x + area.width * share;
  await page.mouse.move(at(0.3), area.y + 30);
  await page.mouse.down();
  await page.mouse.move(at(0.45), area.y + 30);
  await page.mouse.move(at(0.6), area.y + 30);
  await page.mouse.up();
  const box = page.locator(".pickbox");
  for (const name of ["Distance", "Moving", "Pace", "HR", "Efficiency"]) await expect(box).toContainText(new RegExp(`${name}\\s+[\\d+−]`));
  await expect(page.locator("tr.picked").first()).toBeVisible();
  await expect(page.locator(".tracks .picked-part:visible").first()).toBeVisible();
  await expectAccessible(page);
  const ticks = page.locator(".tracks .x-ticks span");
  const whole = await ticks.allTextContents();
  await box.getByRole("button", { name: "Zoom" }).click();
  await expect(ticks).not.toHaveText(whole);
  await box.getByRole("button", { name: "Whole" }).click();
  await expect(ticks).toHaveText(whole);
  await page.getByRole("button", { name: "Time", exact: true }).click();
  await expect(ticks.last()).toContainText("min");
  await page.getByText(/^Tracks, /).click();
  await page.getByRole("checkbox", { name: "Heart rate" }).uncheck();
  await expect(page.locator(".chart.heart")).toHaveCount(0);
  await box.getByRole("button", { name: "Clear" }).click();
  await expect(box).toHaveCount(0);
});

test("a stretch is picked by keyboard, and the route is coloured by what is asked for", async ({ page }) => {
  await longRun(page);
  await page.locator(".tracks").focus();
  for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.down("Shift");
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.up("Shift");
  await expect(page.locator(".pickbox")).toContainText("Distance");
  await page.keyboard.press("Escape");
  await expect(page.locator(".pickbox")).toHaveCount(0);
  const scale = page.locator(".route-scale");
  const pace = await scale.textContent();
  await page.getByRole("group", { name: "Coloured by" }).getByRole("button", { name: "Heart rate" }).press("Enter");
  await expect(scale).toContainText("bpm");
  expect(await scale.textContent()).not.toBe(pace);
});

/** The newest session of intervals of the synthetic athlete, ready. */
async function session(page: Page): Promise<void> {
  await gotoHydrated(page, "/activities");
  await page.locator("table.acts a.row-link", { hasText: "Four times five minutes" }).first().click();
  await expect(page.locator(".tracks")).toBeVisible();
  await page.waitForSelector("html[data-ready]");
}

test("the intervals of a session are found, looked at in the charts, corrected, and found again", async ({ page }) => {
  await session(page);
  const parts = page.locator("#parts");
  await parts.locator("label", { hasText: "Intervals, 4" }).click();
  await expect(parts.locator(".say:visible")).toHaveText(/^4\sintervals, 1\.\d\d\skm in [45]:\d\d at \d:\d\d\s\/km on average, [12]:\d\d between\.$/);
  await expect(page.locator(".chart.pace .interval-part")).toHaveCount(4);
  await parts.getByRole("button", { name: "Interval 2 in the charts" }).click();
  await expect(page.locator(".pickbox")).toContainText(/Moving [45]:\d\d/);
  await expect(parts.locator("tr.picked:visible")).toHaveCount(1);
  await expectAccessible(page);
  // One goes, and a stretch that is picked becomes another.
  await parts.getByText("Correct them").click();
  await parts.getByLabel("Interval", { exact: true }).selectOption({ index: 3 });
  await parts.getByRole("button", { name: "Take it out" }).click();
  await expect(parts.locator("label", { hasText: "Intervals, 3" })).toBeVisible();
  await expect(parts.getByText("As you corrected them.")).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await page.locator(".tracks").focus();
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.down("Shift");
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.up("Shift");
  await page.getByRole("button", { name: "Make it an interval" }).click();
  await expect(parts.locator("label", { hasText: "Intervals, 4" })).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await parts.getByText("Correct them").click();
  await parts.getByLabel("From").fill("soon");
  await parts.getByLabel("To", { exact: true }).fill("3:00");
  await parts.getByRole("button", { name: "Add the interval" }).click();
  await expect(parts.getByText("Minutes and seconds since the start, such as 12:30")).toBeVisible();
  await parts.getByRole("button", { name: "Find them again" }).click();
  await expect(parts.getByText("Found from pace and heart rate.")).toBeVisible();
});

test("time in zones is told of heart rate, with bounds and shares", async ({ page }) => {
  await session(page);
  const zones = page.locator("table.zones").first();
  await expect(zones).toContainText("Heart rate, bpm");
  await expect(zones.locator("tbody tr").first()).toContainText(/%/);
});

test("a map is asked for when it is wanted, and lies under the route", async ({ page }) => {
  const asked: string[] = [];
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");
  await page.route("https://tiles.example/**", async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ contentType: "image/png", body: pixel });
  });
  await longRun(page);
  expect(asked).toHaveLength(0);
  const map = page.getByRole("button", { name: "Map", exact: true });
  await map.click();
  await expect(page.locator(".map-line")).toContainText("Mapmakers of the test");
  await expect(page.locator(".route .tiles image")).not.toHaveCount(0);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  expect(asked[0]).toMatch(/^https:\/\/tiles\.example\/\d+\/\d+\/\d+\.png$/);
  await expectAccessible(page);
  await map.click();
  await expect(page.locator(".route .tiles image")).toHaveCount(0);
});

test("how it felt is saved at each tap, and can be taken back", async ({ page }) => {
  await longRun(page);
  const felt = page.locator("#felt");
  const status = felt.locator("[data-answers-status]");
  await felt.locator("label.choice", { hasText: /^\s*6\s*$/ }).click();
  await expect(status).toHaveText(/^Saved \d\d:\d\d$/);
  await felt.getByRole("radiogroup", { name: "Legs" }).locator("label.choice", { hasText: "good" }).click();
  await felt.getByLabel("In your words").fill("Windy, but home");
  await felt.getByLabel("In your words").blur();
  await expect(status).toHaveText(/^Saved \d\d:\d\d$/);
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await expect(felt.getByRole("radiogroup", { name: "Effort" }).locator("input:checked")).toHaveValue("6");
  await expect(felt).toContainText(/session load of \d+/);
  await expect(felt.getByLabel("In your words")).toHaveValue("Windy, but home");
  await expectAccessible(page);
  await felt.locator("label.choice", { hasText: /^\s*6\s*$/ }).click();
  await expect(status).toHaveText(/^Saved \d\d:\d\d$/);
  await page.reload();
  await expect(felt.getByRole("radiogroup", { name: "Effort" }).locator("input:checked")).toHaveValue("");
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });
  test("an activity shows its tracks and parts, and how it felt is sent by a button", async ({ page }) => {
    await page.goto("/activities");
    await page.locator("table.acts a.row-link", { hasText: "Long run" }).nth(1).click();
    await expect(page.locator(".tracks .chart path.line").first()).toBeVisible();
    await page.locator("#felt").locator("label.choice", { hasText: /^\s*4\s*$/ }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("radiogroup", { name: "Effort" }).locator("input:checked")).toHaveValue("4");
    await page.getByRole("radio", { name: "Best efforts" }).check();
    await expect(page.locator(".panel[data-part=efforts]")).toBeVisible();
    await expect(page.locator("table.splits")).toBeHidden();
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("a finger reads the tracks, the route stays in sight, and a stretch is picked", async ({ page }) => {
    await longRun(page);
    const heart = page.locator(".tracks .chart.heart .plot-area");
    await heart.scrollIntoViewIfNeeded();
    await heart.tap({ position: { x: 120, y: 30 } });
    await expect(page.locator(".by-map")).toContainText("bpm");
    await expect(page.locator(".route")).toBeInViewport();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Pick a stretch" }).tap();
    const box = (await heart.boundingBox())!;
    const finger = { pointerType: "touch", isPrimary: true, pointerId: 7, bubbles: true, button: 0 };
    const at = (share: number) => ({ ...finger, clientX: box.x + box.width * share, clientY: box.y + 20 });
    await heart.dispatchEvent("pointerdown", at(0.2));
    await heart.dispatchEvent("pointermove", at(0.5));
    await heart.dispatchEvent("pointerup", at(0.5));
    await expect(page.locator(".pickbox")).toContainText("Distance");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBe(0);
  });
});

test("another athlete's activity is not found", async ({ page }) => {
  await page.goto("/activities/01890000-0000-7000-8000-000000000000");
  await expect(page.getByRole("alert")).toContainText("There is no such activity");
});
