import type { Locator, Page } from "@playwright/test";
import { dayAtNoon, expect, expectAccessible, gotoHydrated, NOON_ZONE, register, test } from "./fixtures";
import { checkPage } from "./walk";

test.use({ timezoneId: NOON_ZONE });

const TEMPO = "2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy";
/** The first day of the next week, a Monday: it and the days after it are on one page with it. */
const nextMonday = () => {
  const today = new Date(`${dayAtNoon()}T12:00:00Z`);
  return (7 - ((today.getUTCDay() + 6) % 7)) % 7 || 7;
};

/** Plans a session by the form, and returns its day. */
async function plan(page: Page, from: number, { words = "", distance = "", steps = "" }) {
  const day = dayAtNoon(from);
  await gotoHydrated(page, `/plan/new?day=${day}`);
  await expect(page.getByLabel("Day", { exact: true })).toHaveValue(day);
  await page.getByLabel("What", { exact: true }).fill(words);
  if (distance) {
    await page.getByLabel("Measured by").selectOption("distance");
    await page.getByLabel("How much").fill(distance);
  }
  await page.getByLabel("Steps", { exact: true }).fill(steps);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(new RegExp(`/calendar\\?day=${day}`));
  await page.waitForSelector("html[data-ready]");
  return day;
}

const on = (page: Page, day: string): Locator => page.locator(`[data-day="${day}"]:visible`).locator(".ses.plan");
const middle = async (of: Locator) => {
  const box = await of.boundingBox();
  if (!box) throw new Error("not there");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

test.describe("on a desk", () => {
  test.use({ viewport: { width: 1440, height: 1100 } });

  test("a session is planned, drawn, moved by mouse and keyboard, put back and deleted", async ({ page }) => {
    await register(page);
    const from = nextMonday();
    const [monday, wednesday] = [await plan(page, from, { words: "tempo", steps: TEMPO }), dayAtNoon(from + 2)];
    await expect(on(page, monday)).toContainText("tempo");
    await expect(page.getByRole("img", { name: /^Steps: 2km easy; 4 x/ })).toBeVisible();
    await expectAccessible(page);
    // By mouse: dashes go along, and the day that it would go to has an outline.
    const start = await middle(on(page, monday));
    const target = await middle(page.locator(`[data-day="${wednesday}"]:visible`));
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 20, start.y + 5, { steps: 3 });
    await page.mouse.move(target.x, target.y, { steps: 5 });
    await expect(page.locator(`[data-day="${wednesday}"]:visible`)).toHaveAttribute("data-target", "");
    await page.mouse.up();
    await expect(page.locator(".notice.moved")).toContainText("tempo is on Wednesday");
    await expect(on(page, wednesday)).toHaveCount(1);
    await page.getByRole("button", { name: /^Back to Monday/ }).click();
    await expect(on(page, monday)).toHaveCount(1);
    await page.waitForSelector("html[data-ready]");
    // By keyboard: Escape puts it back where it was, Enter drops it.
    const says = page.locator("[data-plan-says]");
    await on(page, monday).focus();
    await page.keyboard.press("Space");
    await expect(says).toContainText("lifted from Monday");
    await page.keyboard.press("ArrowRight");
    await expect(says).toHaveText(/^Tuesday/);
    await page.keyboard.press("Escape");
    await expect(says).toContainText("is back on Monday");
    await expect(page.locator(".ses.lift")).toHaveCount(0);
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await expect(page.locator(".notice.moved")).toContainText("is on Wednesday");
    await page.waitForSelector("html[data-ready]");
    // A click opens it.
    await on(page, wednesday).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("tempo");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "FIT for the watch" }).click();
    expect((await download).suggestedFilename()).toBe(`${wednesday}-run.fit`);
    await page.waitForSelector("html[data-ready]");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Delete from the plan" }).click();
    await expect(page.getByText("Deleted. Settings, History can bring it back.")).toBeVisible();
    await expect(page.locator(".cal .ses.plan")).toHaveCount(0);
  });

  test("a session that is held shows what it would do to the weeks", async ({ page }) => {
    await register(page);
    const from = nextMonday();
    const monday = await plan(page, from, { words: "long", distance: "16" });
    await plan(page, from + 7, { distance: "8" });
    const change = (day: string) => page.locator(`.cal-week .week-change[data-week="${day}"]`);
    await gotoHydrated(page, `/calendar?day=${monday}`);
    await on(page, monday).focus();
    await page.keyboard.press("Space");
    await expect(page.locator(".week-change:not(:empty)")).toHaveCount(0);
    // Within its week nothing changes.
    await page.keyboard.press("ArrowRight");
    await expect(page.locator(".week-change:not(:empty)")).toHaveCount(0);
    await page.keyboard.press("ArrowDown");
    const next = dayAtNoon(from + 7);
    // A month may end before that week: then the page says that the day is not on it.
    if ((await change(next).count()) > 0) {
      await expect(change(monday)).toHaveText("16.0\u00a0km → 0.0\u00a0km");
      await expect(change(next)).toHaveText("8.0\u00a0km → 24.0\u00a0km");
      await expect(page.locator("[data-plan-says]")).toContainText("becomes 24.0");
    }
    await page.keyboard.press("Escape");
    await expect(page.locator(".week-change:not(:empty)")).toHaveCount(0);
  });

  test("what cannot be read is named beside its field, with and without a script", async ({ page, browser }) => {
    await register(page);
    await gotoHydrated(page, "/plan/new");
    await page.getByLabel("Steps", { exact: true }).fill("2km easy; 4 x (1km, 90 jog)");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("“90”: a length with its unit")).toBeVisible();
    expect(page.url()).toContain("/plan/new");
    const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    const plain = await context.newPage();
    await plain.goto("/plan/new");
    await plain.getByLabel("Steps", { exact: true }).fill("2km fast");
    await plain.getByRole("button", { name: "Save" }).click();
    await expect(plain.locator(".field-error")).toContainText("“fast”: not a word");
    await expect(plain.getByLabel("Steps", { exact: true })).toHaveValue("2km fast");
    await plain.getByLabel("Steps", { exact: true }).fill(TEMPO);
    await plain.getByRole("button", { name: "Save" }).click();
    await expect(plain).toHaveURL(/\/calendar\?day=/);
    await expect(plain.locator(".cal .ses.plan")).toHaveCount(1);
    await context.close();
  });

  test("a week is copied, and a calendar reads the plan until the address is revoked", async ({ page, request }) => {
    await register(page);
    const from = nextMonday();
    const monday = await plan(page, from, { words: "long", distance: "16" });
    await page.getByRole("link", { name: "Copy a week" }).click();
    await expect(page.getByLabel("A day of the week to copy")).toHaveValue(monday);
    await page.getByLabel("A day of the week it goes to").fill(dayAtNoon(from + 7));
    await page.getByRole("button", { name: "Copy" }).click();
    const copied = page.locator(".notice.copied");
    await expect(copied).toContainText("Copied: 1");
    await expect(on(page, dayAtNoon(from + 7))).toHaveCount(1);
    await copied.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByText("Undone. What you changed since stays.")).toBeVisible();
    await expect(on(page, dayAtNoon(from + 7))).toHaveCount(0);
    await gotoHydrated(page, `/plan/copy?from=${monday}`);
    await page.getByLabel("A day of the week it goes to").fill(dayAtNoon(from + 7));
    await page.getByRole("button", { name: "Copy" }).click();
    await expect(on(page, dayAtNoon(from + 7))).toHaveCount(1);
    await gotoHydrated(page, "/plan/feed");
    await page.getByRole("button", { name: "Make an address" }).click();
    const address = new URL(((await page.locator("pre.secret").textContent()) ?? "").trim());
    expect(address.pathname).toMatch(/^\/calendar\/feed\/[0-9a-f]{64}\.ics$/);
    await page.waitForSelector("html[data-ready]");
    await expectAccessible(page);
    const calendar = await request.get(address.pathname);
    expect(calendar.headers()["content-type"]).toBe("text/calendar; charset=utf-8");
    expect((await calendar.text()).match(/SUMMARY:16 km long\r\n/g)).toHaveLength(2);
    await page.getByRole("button", { name: "I’ve saved it" }).click();
    await expect(page).toHaveURL("/plan/feed");
    await expect(page.locator("pre.secret")).toHaveCount(0);
    await page.getByRole("button", { name: "Revoke it" }).click();
    await expect(page.getByRole("button", { name: "Make an address" })).toBeVisible();
    expect((await request.get(address.pathname)).status()).toBe(404);
  });

  test("every page of the plan is for everybody", async ({ page }) => {
    await register(page);
    const day = await plan(page, nextMonday(), { words: "tempo", steps: TEMPO });
    const address = (await on(page, day).getAttribute("href")) ?? "";
    await checkPage(page, address, "/plan/:planned_session");
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a finger that holds a session moves it, and one that swipes does not", async ({ page }) => {
    await register(page);
    const from = nextMonday();
    const [monday, tuesday] = [await plan(page, from, { words: "easy", distance: "8" }), dayAtNoon(from + 1)];
    await expect(on(page, monday)).toContainText("easy");
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    const client = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: { x: number; y: number }) =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [at] : [] });
    const centre = () => on(page, monday).evaluate((session) => session.scrollIntoView({ block: "center", behavior: "instant" }));
    await centre();
    // A finger that moves at once is on its way elsewhere.
    const start = await middle(on(page, monday));
    await touch("touchStart", start);
    await touch("touchMove", { x: start.x - 40, y: start.y });
    await touch("touchEnd");
    await expect(page.locator(".ses.lift")).toHaveCount(0);
    await centre();
    const [again, there] = [await middle(on(page, monday)), await middle(page.locator(`[data-day="${tuesday}"]:visible`))];
    await touch("touchStart", again);
    await expect(page.locator(".ses.lift")).toHaveCount(1);
    await touch("touchMove", { x: there.x, y: (again.y + there.y) / 2 });
    await touch("touchMove", there);
    await expect(page.locator(`[data-day="${tuesday}"]:visible`)).toHaveAttribute("data-target", "");
    await touch("touchEnd");
    await expect(page.locator(".notice.moved")).toContainText("is on Tuesday");
    await expect(on(page, tuesday)).toHaveCount(1);
  });
});
