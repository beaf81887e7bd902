import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, register, test } from "./fixtures";

const group = (page: Page, name: string) => page.getByRole("radiogroup", { name, exact: true });
const chip = (page: Page, name: string, answer: string) => group(page, name).getByRole("radio", { name: answer, exact: true });
const saved = (page: Page) => expect(page.locator("[data-answers-status]")).toHaveText(/^Saved \d\d:\d\d$/);

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 780 }, hasTouch: true });

  test("today in fifteen seconds: eight measures in nine taps", async ({ page }) => {
    await register(page);
    await gotoHydrated(page, "/journal");
    await expectAccessible(page);
    const height = await page.locator(".questions").evaluate((card) => card.getBoundingClientRect().height);
    expect(height).toBeLessThan(2 * 780);
    let taps = 0;
    const tap = async (name: string, answer: string) => {
      await chip(page, name, answer).tap();
      taps += 1;
    };
    await tap("Sleep", "7½");
    await tap("Sleep quality", "good");
    await tap("Soreness", "little");
    await tap("Stress", "low");
    await tap("Mood", "good");
    await tap("Drinks last night", "0");
    await tap("Caffeine", "2");
    await page.getByRole("checkbox", { name: "injured" }).tap();
    await tap("Injured", "calf");
    expect(taps + 1).toBeLessThanOrEqual(10);
    await saved(page);
    await expect(page.locator("[data-answered]")).toHaveText("8 of 9, as you tap");
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    await expect(chip(page, "Sleep", "7½")).toBeChecked();
    await expect(chip(page, "Injured", "calf")).toBeChecked();
    // A second tap takes an answer back; no answer stays no answer.
    await chip(page, "Mood", "good").tap();
    await saved(page);
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    await expect(group(page, "Mood").getByRole("radio", { checked: true })).toHaveCount(0);
    await page.getByRole("link", { name: "Previous day" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("How was it?");
    await expect(group(page, "Sleep").getByRole("radio", { checked: true })).toHaveCount(0);
  });
});

test("an impossible answer names its bounds, and the others are saved", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal");
  await page.getByText("other", { exact: true }).first().click();
  const exact = page.getByLabel("Sleep, exactly");
  await exact.fill("70");
  await chip(page, "Mood", "good").click();
  await expect(page.getByText("Sleep: from 0 to 24 hours, such as 7.5 or 7:30.")).toBeVisible();
  await expect(exact).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await exact.fill("7:20");
  await saved(page);
  await expect(exact).not.toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Note").fill("Slept & slept");
  await saved(page);
  await page.reload();
  await expect(chip(page, "Sleep", "7\u00a0h\u00a020\u00a0min")).toBeChecked();
  await expect(chip(page, "Mood", "good")).toBeChecked();
  await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("sources are put in order with buttons, and what is typed stays first", async ({ page }) => {
    await register(page);
    await page.goto("/journal/measures");
    const names = page.locator("#sources li b");
    await expect(names.first()).toHaveText("Typed by you");
    await expect(names.nth(1)).toHaveText("WHOOP");
    await expect(page.locator("#sources li").first().getByRole("button")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Move up: WHOOP" })).toBeDisabled();
    await page.getByRole("button", { name: "Move up: Oura" }).click();
    await expect(page).toHaveURL(/#row-oura$/);
    await expect(names.nth(1)).toHaveText("Oura");
    await page.getByRole("button", { name: "Move down: Oura" }).click();
    await expect(names.nth(1)).toHaveText("WHOOP");
  });

  test("a refused answer says why and loses nothing", async ({ page }) => {
    await register(page);
    await page.goto("/journal");
    await page.getByText("other", { exact: true }).first().click();
    await page.getByLabel("Sleep, exactly").fill("70");
    await chip(page, "Mood", "good").check({ force: true });
    await page.getByLabel("Note").fill("Slept & slept");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Sleep: from 0 to 24 hours, such as 7.5 or 7:30.")).toBeVisible();
    await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
    await expect(page.getByLabel("Sleep, exactly")).toHaveValue("70");
    await expect(chip(page, "Mood", "good")).toBeChecked();
    // Nothing of it is in the URL, nor in the history.
    await expect(page).toHaveURL(/\/journal\/\d{4}-\d\d-\d\d$/);
    await page.getByLabel("Sleep, exactly").fill("7,5");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await expect(chip(page, "Sleep", "7½")).toBeChecked();
  });
});

test("a CSV is previewed, mapped and imported", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal/import");
  const csv = "\ufeffDatum;Schlaf (h);Laune;Kaffee\n03.05.2026;7,5;4;2\n04.05.2026;;2;\n05.05.2026;99;3;1\n";
  await page.getByLabel("Choose a table").setInputFiles({ name: "days.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("Line 4: Sleep: from 0 to 24 hours, such as 7.5 or 7:30.")).toBeVisible();
  await page.getByLabel("Laune").selectOption("mood");
  await page.getByRole("button", { name: "Update preview" }).click();
  await expect(page.getByLabel("Laune")).toHaveValue("mood");
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
  await page.getByRole("button", { name: /Import 3/ }).click();
  await expect(page.getByRole("status")).toContainText("3 days imported");
  await page.goto("/journal/2026-05-03");
  await expect(chip(page, "Sleep", "7½")).toBeChecked();
  await expect(chip(page, "Caffeine", "2")).toBeChecked();
  await expect(page.getByText("from a file").first()).toBeVisible();
  // Undone, its answers are gone.
  await page.goBack();
  await page.getByRole("button", { name: "Undo this import" }).click();
  await expect(page.getByRole("status")).toContainText("taken away");
  await page.goto("/journal/2026-05-03");
  await expect(group(page, "Sleep").getByRole("radio", { checked: true })).toHaveCount(0);
});


test("answers survive a lost connection and leaving the page", async ({ page, context }) => {
  await register(page);
  await gotoHydrated(page, "/journal/2026-05-03");
  await context.setOffline(true);
  await chip(page, "Sleep", "8").click();
  await page.getByLabel("Note").fill("On the summit");
  await expect(page.locator("[data-answers-status]")).toHaveText("No connection. Kept in this browser");
  await context.setOffline(false);
  // Another day has nothing of it.
  await page.goto("/journal/2026-05-02");
  await page.waitForSelector("html[data-ready]");
  await expect(page.getByLabel("Note")).toHaveValue("");
  await gotoHydrated(page, "/journal/2026-05-03");
  await saved(page);
  await page.reload();
  await expect(chip(page, "Sleep", "8")).toBeChecked();
  await expect(page.getByLabel("Note")).toHaveValue("On the summit");
});

test("what could not be sent goes out in the units that it was typed in", async ({ page }) => {
  await register(page);
  // Pages are there, and what is typed does not arrive: not even what is sent while a page goes away, which a route does not always catch.
  await page.addInitScript(() => {
    const real = window.fetch;
    const lost = (to: unknown) => String(to).endsWith("/answers") && localStorage.getItem("lost");
    window.fetch = (to, init) => (lost(to) ? Promise.reject(new TypeError("no connection")) : real(to, init));
  });
  await page.evaluate(() => localStorage.setItem("lost", "1"));
  const keptHere = () => expect(page.locator("[data-answers-status]")).toHaveText("No connection. Kept in this browser");
  for (const day of ["2026-05-03", "2026-05-04"]) {
    await gotoHydrated(page, `/journal/${day}`);
    await chip(page, "Mood", "good").click();
    await page.getByLabel("Note").fill("On the summit");
    await page.getByLabel("Weight").fill("72");
    await page.getByLabel("Weight").blur();
    await keptHere();
  }
  await gotoHydrated(page, "/settings/units");
  await page.getByRole("button", { name: "All as in the United States" }).click();
  await expect(page.getByRole("status").first()).toContainText("Saved");
  // Kilograms are not shown as pounds. What is typed now is pounds, and counts.
  await gotoHydrated(page, "/journal/2026-05-03");
  await expect(page.getByLabel("Note")).toHaveValue("On the summit");
  await expect(page.getByLabel("Weight")).toHaveValue("");
  await page.getByLabel("Weight").fill("160");
  await page.getByLabel("Weight").blur();
  await keptHere();
  await page.evaluate(() => localStorage.removeItem("lost"));
  for (const [day, weight] of [["2026-05-03", "160"], ["2026-05-04", "158.73"]]) {
    await gotoHydrated(page, `/journal/${day}`);
    const kept = () => page.evaluate((day) => Object.keys(localStorage).filter((key) => key.startsWith("legwork:answers:") && key.endsWith(day)), day);
    await expect.poll(kept).toEqual([]);
    await page.reload();
    await expect(page.getByLabel("Weight")).toHaveValue(weight);
    await expect(chip(page, "Mood", "good")).toBeChecked();
    await expect(page.getByLabel("Note")).toHaveValue("On the summit");
  }
});

test("two pages on one day keep the answers of both", async ({ page, context }) => {
  await register(page);
  await gotoHydrated(page, "/journal/2026-05-03");
  const other = await context.newPage();
  await gotoHydrated(other, "/journal/2026-05-03");
  await chip(page, "Mood", "good").click();
  await saved(page);
  await chip(other, "Stress", "low").click();
  await chip(other, "Mood", "meh").click();
  await saved(other);
  await page.reload();
  await expect(chip(page, "Stress", "low")).toBeChecked();
  await expect(chip(page, "Mood", "meh")).toBeChecked();
  // The answers of a day are one line that opens.
  await gotoHydrated(page, "/settings/history");
  const history = page.getByRole("list", { name: "History" });
  await expect(history.getByText("Journal, 3 May 2026")).toHaveCount(1);
  await expect(page.getByText("good → meh")).toBeHidden();
  await history.getByText("Journal, 3 May 2026").click();
  await expect(page.getByText("good → meh")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Undo the change to Mood, 3 May 2026" }).first().click();
  await expect(page).toHaveURL(/\/settings\/history/);
  await page.goto("/journal/2026-05-03");
  await expect(chip(page, "Mood", "good")).toBeChecked();
});

/** Uploads a table of days, and stores it as it is understood. */
async function importTable(page: Page, text: string) {
  const multipart = { file: { name: "days.csv", mimeType: "text/csv", buffer: Buffer.from(text) } };
  const uploaded = await page.request.post("/journal/import", { multipart, maxRedirects: 0 });
  const file = uploaded.headers().location.split("file=")[1];
  expect((await page.request.post("/journal/import/store", { form: { file } })).ok()).toBe(true);
}

test("where several know a day, a line says which counts, and what is typed counts first", async ({ page }) => {
  await register(page);
  await importTable(page, "date,sleep_hours,weight_kg\n2026-05-03,6,71\n");
  await gotoHydrated(page, "/journal/2026-05-03");
  await expect(page.locator(".several")).toHaveCount(0);
  await importTable(page, "date,sleep_hours,weight_kg\n2026-05-03,7,72\n");
  await gotoHydrated(page, "/journal/2026-05-03");
  const line = page.locator(".ask .several");
  await expect(line).toHaveText(/A file says 7.h, an earlier import of a file 6.h\. A file counts\./);
  await expectAccessible(page);
  await chip(page, "Sleep", "8").click();
  await saved(page);
  await expect(line).toContainText("What you typed counts.");
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await expect(line).toHaveText(/A file says 7.h, an earlier import of a file 6.h\. What you typed counts\./);
  await chip(page, "Sleep", "8").click();
  await saved(page);
  await expect(line).toContainText("A file counts.");
  // What is not asked has its line, too, and a link to the order.
  await page.getByText("Several sources know this day").click();
  await expect(page.locator(".several-others .several")).toContainText("Weight: A file says 72");
  await page.getByRole("link", { name: "Change which one counts" }).click();
  await expect(page).toHaveURL(/\/journal\/measures#sources$/);
});

test("a measure of one's own is asked, charted and read by the API's list", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal/measures");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByText("A name of 1 to 40 characters")).toBeVisible();
  await page.getByLabel("Name").fill("Cold shower");
  await page.getByLabel("When you know it").selectOption("before_run");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("button", { name: "Move up: Cold shower" })).toBeVisible();
  await page.getByRole("button", { name: "Move up: Cold shower" }).click();
  // A keyboard goes on from the row.
  await expect(page.locator("li:focus")).toContainText("Cold shower");
  await page.getByRole("button", { name: "Do not ask: Caffeine" }).click();
  await expect(page.getByRole("button", { name: "Ask: Caffeine", exact: true })).toBeVisible();
  for (const [day, answer] of [["2026-05-01", "no"], ["2026-05-02", "yes"], ["2026-05-03", "yes"]]) {
    await gotoHydrated(page, `/journal/${day}`);
    await expect(group(page, "Caffeine")).toHaveCount(0);
    await chip(page, "Cold shower", answer).click();
    await saved(page);
  }
  await gotoHydrated(page, "/journal");
  await expect(page.getByRole("heading", { name: /Cold shower/ })).toBeVisible();
  await expectAccessible(page);
});

test("signing out leaves nothing in the browser", async ({ page, context }) => {
  await register(page);
  await gotoHydrated(page, "/journal");
  // The server never answers.
  await page.route("**/answers", () => {});
  await page.getByLabel("Note").fill("Private");
  await expect(page.locator("[data-answers-status]")).toHaveText("Saving");
  expect(await page.evaluate(() => JSON.stringify(Object.keys(localStorage)))).toContain("legwork:answers");
  await gotoHydrated(page, "/settings");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/welcome");
  expect(await page.evaluate(() => JSON.stringify(Object.keys(localStorage)))).not.toContain("legwork:answers");
});
