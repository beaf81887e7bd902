import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, gpx, NOON_ZONE, register, test } from "./fixtures";
import { checkPage } from "./walk";

test.use({ timezoneId: NOON_ZONE });

const meals = (page: Page) => page.locator(".meals > li");
const add = async (page: Page, text: string) => {
  await page.getByLabel("What, and when").fill(text);
  await page.getByRole("button", { name: "Add", exact: true }).click();
};

/** A run of a quarter of an hour that has just ended, imported as a file. */
async function importRun(page: Page) {
  await gotoHydrated(page, "/imports");
  const start = new Date(Date.now() - 16 * 60_000).toISOString();
  await page.getByLabel("Choose files").setInputFiles({ name: "lake.gpx", mimeType: "application/gpx+xml", buffer: gpx(start, 15) });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity out of 1 file");
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 780 }, hasTouch: true });

  test("a line of text is read while it is typed, and is a meal", async ({ page }) => {
    await register(page);
    await gotoHydrated(page, "/nutrition");
    await expect(page.getByText("Nothing written down.")).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel("What, and when").fill("two bananas, 60 g oats at 8");
    const chips = page.locator(".read-as .chip");
    await expect(chips).toHaveText([/^two bananas, 54/, /^60 g oats, 4\d/, "08:00"]);
    await page.getByRole("button", { name: "Add", exact: true }).tap();
    await expect(meals(page)).toHaveCount(1);
    await expect(meals(page).first()).toContainText("08:00");
    await expect(meals(page).first().locator("small")).toContainText(/9\d\sg carb/);
    await page.waitForSelector("html[data-ready]");
    await expectAccessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });
});

test("what has no numbers is fine, and an entry is changed, kept, used again and deleted", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/nutrition");
  await add(page, "leftover curry at 7:15");
  await expect(meals(page).first()).toContainText("no numbers, and that is fine");
  await page.locator(".meal-more summary").click();
  await page.getByRole("link", { name: "Change: leftover curry at 7:15" }).click();
  await expect(page.getByLabel("Change the entry")).toHaveValue("leftover curry at 7:15");
  await page.getByText("Time, numbers, run").click({ trial: true });
  await expect(page.getByLabel("Time", { exact: true })).toHaveValue("07:15");
  await page.getByLabel("Carbohydrate, g").fill("60,5");
  await page.getByLabel("Nutrient", { exact: true }).fill("Iron");
  await page.getByLabel("Amount", { exact: true }).fill("5");
  await page.getByLabel("Unit", { exact: true }).fill("mg");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(meals(page).first().locator("small")).toContainText(/60\.5|61/);
  await expect(meals(page).first().locator("small")).toContainText("Iron");
  // Kept, it is a chip.
  await page.locator(".meal-more summary").click();
  await page.getByLabel("Name of the favourite").fill("The usual before a long run");
  await page.getByRole("button", { name: "Keep as a favourite" }).click();
  await page.waitForSelector("html[data-ready]");
  await page.goto("/nutrition");
  await page.getByRole("button", { name: "The usual before a long run" }).click();
  await expect(meals(page)).toHaveCount(2);
  await page.waitForSelector("html[data-ready]");
  await page.locator(".meal-more summary").first().click();
  await page.getByRole("button", { name: /^Delete:/ }).first().click();
  await expect(meals(page)).toHaveCount(1);
  await page.goto("/nutrition");
  await page.getByText("Favourites", { exact: true }).click();
  await page.getByRole("button", { name: "Remove: The usual before a long run" }).click();
  await expect(page.getByRole("button", { name: "The usual before a long run", exact: true })).toHaveCount(0);
});

test("a nutrient of one's own is offered from then on, and its amount is checked", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/nutrition");
  await page.getByLabel("What, and when").fill("spinach");
  await page.getByText("Time, numbers, run").click();
  await page.getByLabel("Nutrient", { exact: true }).fill("Iron");
  await page.getByLabel("Amount", { exact: true }).fill("lots");
  await page.getByLabel("Unit", { exact: true }).fill("mg");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Iron: a number from 0 to 1000000.")).toBeVisible();
  await expect(page.getByLabel("Amount", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await page.getByLabel("Amount", { exact: true }).fill("2,7");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(meals(page).first().locator("small")).toContainText(/2\.7\smg Iron/);
  // Now it is a field like every other, and one that stays empty says nothing.
  await gotoHydrated(page, "/nutrition");
  await page.getByLabel("What, and when").fill("lentils");
  await page.getByText("Time, numbers, run").click();
  await expect(page.getByLabel("Iron, mg")).toHaveValue("");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(meals(page)).toHaveCount(2);
  await expect(page.locator(".meals small", { hasText: "Iron" })).toHaveCount(1);
  await page.waitForSelector("html[data-ready]");
  await page.locator(".meal-more summary").first().click();
  await page.getByRole("link", { name: "Change: spinach" }).click();
  await expect(page.getByLabel("Iron, mg")).toHaveValue("2.7");
  await page.getByLabel("Iron, mg").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".meals small", { hasText: "Iron" })).toHaveCount(0);
});

const question = "Log today’s pre-run fuel? (Optional. It helps spot patterns when you do.)";

test("on a day with training one line asks at home, until one tap switches it off for good", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/nutrition");
  const line = page.getByText(question);
  await expect(line).toHaveCount(0);
  await importRun(page);
  for (const path of ["/nutrition", "/"]) {
    await gotoHydrated(page, path);
    await expect(line).toBeVisible();
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Never ask" }).click();
  await expect(page).toHaveURL("/");
  await expect(line).toHaveCount(0);
  for (const path of ["/", "/nutrition"]) {
    await gotoHydrated(page, path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(line).toHaveCount(0);
  }
});

test("what is near a run in time belongs to it, and nobody is asked any more", async ({ page }) => {
  await register(page);
  await importRun(page);
  await gotoHydrated(page, "/");
  const line = page.getByText(question);
  await expect(line).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Add", exact: true }).click();
  await expect(page).toHaveURL(/\/nutrition#field-text$/);
  await page.waitForSelector("html[data-ready]");
  await add(page, "gel 25 g carb");
  await expect(meals(page).first().locator(".chip")).toHaveText(/^(During|After) Test run/);
  await expect(page.getByRole("heading", { name: "Test run" })).toBeVisible();
  await expect(line).toHaveCount(0);
  // The athlete's word goes before the clock's.
  await page.waitForSelector("html[data-ready]");
  await page.locator(".meal-more summary").click();
  await page.getByRole("link", { name: "Change: gel 25 g carb" }).click();
  await page.getByText("Time, numbers, run").click({ trial: true });
  await page.getByLabel("Belongs to").selectOption({ label: "before Test run" });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(meals(page).first().locator(".chip")).toHaveText(/^Before Test run/);
  await gotoHydrated(page, "/");
  await expect(line).toHaveCount(0);
});

test("an impossible number names its bounds before anything is sent", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/nutrition");
  await page.getByLabel("What, and when").fill("gel");
  await page.getByText("Time, numbers, run").click();
  await page.getByLabel("Carbohydrate, g").fill("5000");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Carbohydrate: a number from 0 to 3000 g.")).toBeVisible();
  await expect(page.getByLabel("Carbohydrate, g")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await page.getByLabel("Carbohydrate, g").fill("25");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(meals(page).first().locator("small")).toContainText("25 g carb");
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("a refused entry says why and loses nothing, and another day takes a time", async ({ page }) => {
    await register(page);
    await page.goto("/nutrition/2026-01-05");
    await add(page, "porridge & honey");
    await expect(page.getByText("At what time? On another day than today it takes one, such as 8:00.")).toBeVisible();
    await expect(page.getByLabel("What, and when")).toHaveValue("porridge & honey");
    await page.getByLabel("Time", { exact: true }).fill("06:33");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await expect(page).toHaveURL(/\/nutrition\/2026-01-05/);
    await expect(meals(page)).toHaveCount(1);
    await expect(meals(page).first()).toContainText("06:33");
  });
});

test("the page of a day is accessible in every theme and width", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/nutrition");
  await add(page, "porridge, coffee at 6:30");
  await expect(meals(page)).toHaveCount(1);
  await checkPage(page, new URL(page.url()).pathname, "/nutrition/:day");
});
