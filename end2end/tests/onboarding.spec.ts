import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, gpx, register, registerOnly, signIn, test } from "./fixtures";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const goOn = (page: Page, name = "Continue") => page.locator(".acts-bar").getByRole("button", { name, exact: true });
const skip = (page: Page) => page.locator(".acts-bar").getByRole("button", { name: "Skip" });

/** The step with this question, hydrated; no axe violation, nothing wider than the screen. */
async function step(page: Page, path: string, question: string | RegExp) {
  await expect(page).toHaveURL(path);
  await expect(heading(page)).toHaveText(question);
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

/** A day so many days from now, as a field takes it. */
const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 780 }, hasTouch: true });

  test("the whole way, with an interruption and a second device", async ({ page, browser }) => {
    test.setTimeout(180_000);
    const account = await registerOnly(page);
    // 1. Goals.
    await step(page, "/welcome/goals", "What brings you here?");
    await expect(page.getByLabel("Which one").first()).toBeHidden();
    await page.getByRole("checkbox", { name: "A race" }).check();
    await page.getByRole("checkbox", { name: "Know what works for me" }).check();
    // A race without a day is refused before it is sent, beside its field.
    await page.getByLabel("Which one").first().fill("Riverside Half");
    await goOn(page).tap();
    await expect(page.getByText("A day, such as 2026-12-06.")).toBeVisible();
    await expect(page).toHaveURL("/welcome/goals");
    await page.getByLabel("When").first().fill(day(60));
    await page.getByLabel("How far").first().selectOption({ label: "half marathon" });
    await goOn(page).tap();
    // 2. A file, and on while it is read.
    await step(page, "/welcome/import", "Bring what you have.");
    await page.getByLabel("Choose files").setInputFiles({ name: "lake.gpx", mimeType: "application/gpx+xml", buffer: gpx(`${day(-3)}T06:00:00Z`, 15) });
    // Sent as soon as it is chosen: whoever continues has lost nothing.
    await expect(page).toHaveURL("/welcome/import");
    await expect(page.locator(".latest-import")).toContainText("1 of 1");
    await expect(page.locator(".latest-import li").first()).toHaveText(/Activities\s*1/);
    await goOn(page).tap();
    await step(page, "/welcome/availability", "When could you run?");

    // Interrupted here. Another device, signed in, goes on where this one stopped.
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const desk = await context.newPage();
    await signIn(desk, account);
    await expect(desk.getByRole("heading", { name: "You stopped at availability" })).toBeVisible();
    await expect(desk.locator(".resume")).toContainText("Four steps left, about three minutes. Everything works without them.");
    await desk.waitForSelector("html[data-ready]");
    await expectAccessible(desk);
    await desk.getByRole("link", { name: "Go on" }).click();
    // 3. The grid, by keyboard.
    await step(desk, "/welcome/availability", "When could you run?");
    const cell = (name: string) => desk.getByRole("checkbox", { name, exact: true });
    await cell("Monday, early").focus();
    await desk.keyboard.press("ArrowDown");
    await expect(cell("Tuesday, early")).toBeFocused();
    await desk.keyboard.press("Space");
    await desk.keyboard.press("ArrowRight");
    await desk.keyboard.press("ArrowDown");
    await expect(cell("Wednesday, midday")).toBeFocused();
    await desk.keyboard.press("End");
    await desk.keyboard.press("Space");
    await expect(cell("Wednesday, evening")).toBeChecked();
    await desk.keyboard.press("Home");
    await desk.keyboard.press("Space");
    await expect(desk.getByText("Three slots, most of them early.")).toBeVisible();
    await desk.getByRole("radio", { name: "Sunday" }).check({ force: true });
    await goOn(desk).click();
    await step(desk, "/welcome/body", "A little about the engine.");

    // 4. Back on the phone, which still shows the step before: it loses nothing of the desk's, and skips.
    await page.reload();
    await expect(page.getByRole("checkbox", { name: "Tuesday, early", exact: true })).toBeChecked();
    await gotoHydrated(page, "/");
    await expect(page.getByRole("heading", { name: "You stopped at the body" })).toBeVisible();
    await page.getByRole("link", { name: "Go on" }).tap();
    await step(page, "/welcome/body", "A little about the engine.");
    await page.getByLabel("Weight, kg").fill("7");
    await goOn(page).tap();
    await expect(page.getByText(/^Weight: a number from 20 to 400/)).toBeVisible();
    await expect(page.getByLabel("Weight, kg")).toHaveValue("7");
    await page.getByLabel("Weight, kg").fill("71.5");
    await page.getByLabel("Born in").fill("1988");
    await expect(page.getByRole("radio", { name: "leave it out" })).toBeChecked();
    await goOn(page).tap();
    // 5. One run is too little to find anything in; what somebody knows can be typed.
    await step(page, "/welcome/thresholds", "Nothing found yet.");
    await expect(page.locator(".offer").first()).toContainText("Nothing found yet: it takes three hard efforts of 25 to 60");
    const highest = page.locator(".offer", { hasText: "Maximum heart rate" });
    await highest.locator("summary").tap();
    await highest.getByLabel("Maximum heart rate, bpm").fill("90");
    await highest.getByRole("button", { name: "Save: Maximum heart rate" }).tap();
    await expect(highest.getByRole("alert")).toHaveText("Between 100 and 240 beats per minute.");
    await highest.getByLabel("Maximum heart rate, bpm").fill("186");
    await highest.getByRole("button", { name: "Save: Maximum heart rate" }).tap();
    await expect(highest).toContainText("Yours");
    await expect(page).toHaveURL("/welcome/thresholds");
    await page.waitForSelector("html[data-ready]");
    await goOn(page).tap();
    // 6. Questions.
    await step(page, "/welcome/questions", "What may we ask?");
    await expect(page.locator(".count")).toHaveText("Nine questions, about 20 seconds.");
    await page.getByRole("switch", { name: /^Mood/ }).uncheck();
    await page.getByRole("switch", { name: /^Caffeine/ }).uncheck();
    await expect(page.locator(".count")).toHaveText("Seven questions, about 15 seconds.");
    await page.getByRole("radio", { name: "no, thanks" }).check({ force: true });
    await goOn(page).tap();
    // 7. The end.
    await step(page, "/welcome/done", /^That’s it\./);
    await goOn(page, "Open Legwork").tap();
    await expect(page).toHaveURL("/");
    await expect(page.locator(".resume")).toHaveCount(0);
    // It never comes back unasked, on no device, and what was said is where it belongs.
    await desk.goto("/");
    await expect(desk.locator(".resume")).toHaveCount(0);
    await gotoHydrated(desk, "/journal");
    await expect(desk.locator(".ask", { hasText: "Mood" })).toHaveCount(0);
    await gotoHydrated(desk, "/settings/thresholds");
    await expect(desk.locator(".weight")).toContainText("71.5");
    await expect(desk.locator(".dated")).toContainText("maximum 186");
    // Opened again, a step leads back to the settings.
    await gotoHydrated(desk, "/welcome/goals");
    await expect(desk.getByLabel("Which one").first()).toHaveValue("Riverside Half");
    await goOn(desk).click();
    await expect(desk).toHaveURL(/\/settings/);
    await context.close();
  });
});

test("it is left at that, and stays so", async ({ page }) => {
  await register(page);
  await expect(page.getByRole("heading", { name: "A few questions, if you like" })).toBeVisible();
  await page.getByRole("link", { name: "Begin" }).click();
  await expect(heading(page)).toHaveText("What brings you here?");
  await page.waitForSelector("html[data-ready]");
  await skip(page).click();
  await expect(page).toHaveURL("/welcome/import");
  await gotoHydrated(page, "/");
  await expect(page.getByRole("heading", { name: "You stopped at what you bring" })).toBeVisible();
  await page.getByRole("button", { name: "Leave it at that" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.locator(".resume")).toHaveCount(0);
  await page.reload();
  await expect(page.locator(".resume")).toHaveCount(0);
});

test("what is typed stays in the tab until it is sent", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/welcome/body");
  const weight = page.getByLabel("Weight, kg");
  await weight.fill("71.5");
  await page.getByRole("radio", { name: "female", exact: true }).check({ force: true });
  // Back, by the app's own navigation, and forth again.
  await page.getByRole("link", { name: "Back" }).click();
  await expect(heading(page)).toHaveText("When could you run?");
  await page.getByRole("checkbox", { name: "Sunday, early", exact: true }).check({ force: true });
  await gotoHydrated(page, "/welcome/body");
  await expect(weight).toHaveValue("71.5");
  await expect(page.getByRole("radio", { name: "female", exact: true })).toBeChecked();
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await expect(weight).toHaveValue("71.5");
  // Sent, it is the server's, and the journal's.
  await goOn(page).click();
  await expect(page).toHaveURL("/welcome/thresholds");
  await gotoHydrated(page, "/welcome/body");
  await expect(weight).toHaveValue("71.5");
  await weight.fill("70");
  // The words beside the grid follow what comes back.
  await gotoHydrated(page, "/welcome/availability");
  await expect(page.getByRole("checkbox", { name: "Sunday, early", exact: true })).toBeChecked();
  await expect(page.getByText("One slot")).toBeVisible();
  // Signing out leaves nothing behind.
  await gotoHydrated(page, "/settings");
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/welcome$/);
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith("legwork:draft:")))).toEqual([]);
});

test("thresholds are found, and confirmed one by one", async ({ page }) => {
  test.setTimeout(120_000);
  await register(page);
  // Four runs of 40 minutes at one pace and heart rate are as hard as each other.
  await gotoHydrated(page, "/imports");
  const files = [3, 10, 17, 24].map((ago) => ({ name: `run-${ago}.gpx`, mimeType: "application/gpx+xml", buffer: gpx(`${day(-ago)}T06:00:00Z`, 40) }));
  await page.getByLabel("Choose files").setInputFiles(files);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(heading(page)).toContainText("4 new activities out of 4 files");
  await gotoHydrated(page, "/welcome/thresholds");
  await expect(heading(page)).toHaveText("We found three numbers.");
  await expectAccessible(page);
  const hr = page.locator(".offer", { hasText: "Threshold heart rate" });
  await expect(hr).toContainText("4 efforts of 25 to 60");
  await expect(hr.locator(".number")).toContainText(/1[34]\d/);
  await hr.getByRole("button", { name: "That’s me: Threshold heart rate" }).click();
  await expect(hr.getByText("Yours")).toBeVisible();
  await expect(hr.getByRole("button", { name: "That’s me: Threshold heart rate" })).toHaveCount(0);
  // The others are still offers.
  await expect(page.getByRole("button", { name: "That’s me: Threshold pace" })).toBeVisible();
  await gotoHydrated(page, "/settings/thresholds");
  await expect(page.locator(".dated > li")).toHaveCount(1);
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 360, height: 780 } });

  test("every step is a plain form", async ({ page }) => {
    await registerOnly(page);
    await page.getByRole("checkbox", { name: "Run healthier" }).check();
    await page.getByRole("checkbox", { name: "A race" }).check();
    await page.getByLabel("Which one").first().fill("Lake 50");
    await page.getByLabel("When").first().fill(day(-1));
    await page.getByLabel("How far").first().selectOption("other");
    await page.getByLabel("Distance, km").first().fill("50,5");
    await goOn(page).click();
    // Refused by the server, with everything that was typed.
    await expect(page.getByText("That day is over. A goal is ahead.")).toBeVisible();
    await expect(page.getByLabel("Which one").first()).toHaveValue("Lake 50");
    await page.getByLabel("When").first().fill(day(90));
    await goOn(page).click();
    await expect(heading(page)).toHaveText("Bring what you have.");
    await page.getByLabel("Choose files").setInputFiles({ name: "lake.gpx", mimeType: "application/gpx+xml", buffer: gpx(`${day(-3)}T06:00:00Z`, 15) });
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await expect(page).toHaveURL("/welcome/import");
    await goOn(page).click();
    await page.getByRole("checkbox", { name: "Saturday, early", exact: true }).check({ force: true });
    await page.getByRole("radio", { name: "No long runs" }).check({ force: true });
    await goOn(page).click();
    await expect(heading(page)).toHaveText("A little about the engine.");
    await page.getByRole("link", { name: "Back" }).click();
    await expect(page.getByRole("checkbox", { name: "Saturday, early", exact: true })).toBeChecked();
    await expect(page.getByRole("radio", { name: "No long runs" })).toBeChecked();
    await goOn(page).click();
    await page.getByRole("radio", { name: "female", exact: true }).check({ force: true });
    await goOn(page).click();
    await skip(page).click();
    for (const asked of await page.getByRole("switch").all()) if (await asked.isVisible()) await asked.uncheck();
    await goOn(page).click();
    await expect(page.getByText("Leave at least one on.")).toBeVisible();
    await page.getByRole("switch", { name: /^Sleep quality/ }).check();
    await page.getByRole("radio", { name: "run days" }).check({ force: true });
    await goOn(page).click();
    await expect(heading(page)).toHaveText(/^That’s it\./);
    await goOn(page, "Open Legwork").click();
    await expect(page).toHaveURL("/");
    await page.goto("/welcome/goals");
    await expect(page.getByLabel("Distance, km").first()).toHaveValue("50.5");
  });
});
