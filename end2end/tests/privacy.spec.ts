// A whole account: exported, imported, and deleted with time to change one's mind.
import { readFileSync } from "node:fs";
import { expect, gpx, expectAccessible, gotoHydrated, register, test } from "./fixtures";

test("an export of everything is created, downloaded, and refused by an account that is not empty", async ({ page }) => {
  await register(page);
  const today = new Date().toISOString().slice(0, 10);
  await page.goto(`/journal/${today}`);
  await page.request.post(`/journal/${today}`, { form: { sleep_hours: "7.5", note: "Zaunkönig" }, headers: { "sec-fetch-site": "same-origin" } });
  await gotoHydrated(page, "/settings/privacy");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create export" }).click();
  await expect(page.getByRole("status").first()).toContainText("being prepared");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const file = await (await download).path();
  expect(readFileSync(file).subarray(0, 2).toString()).toBe("PK");
  await page.getByLabel("Export file").setInputFiles({ name: "legwork.zip", mimeType: "application/zip", buffer: readFileSync(file) });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.locator("body")).toContainText("An archive goes into an account that has none yet");
});

test("deleting an account asks for confirmation, and can be cancelled for thirty days", async ({ page }) => {
  const account = await register(page);
  await gotoHydrated(page, "/settings/privacy");
  await page.getByLabel("Type your email address to confirm").fill("someone@example.org");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("alert")).toContainText("not this account’s address");
  await page.getByLabel("Type your email address to confirm").fill(account.email);
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("status").first()).toContainText("thirty days");
  await gotoHydrated(page, "/");
  await expect(page.locator(".going")).toContainText("will be deleted on");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Keep my account" }).click();
  await expect(page.getByRole("status").first()).toContainText("Nothing is deleted.");
  await expect(page.locator(".going")).toHaveCount(0);
});

test("others see what is shared, and not the way home", async ({ page, browser }) => {
  await register(page);
  const id = "01900000-0000-7000-8000-" + Date.now().toString().slice(-12);
  await page.request.post(`/imports/upload?import=${id}`, { multipart: { file: { name: "home.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T07:00:00Z") } }, headers: { "sec-fetch-site": "same-origin" } });
  await expect(async () => {
    await page.goto("/activities");
    await expect(page.locator(".acts .row-link").first()).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.locator(".acts .row-link").first().click();
  await page.getByRole("link", { name: "As others see it" }).click();
  await expect(page.locator(".lead")).toHaveText("Nobody else sees this activity.");
  await expectAccessible(page);
  const address = new URL(page.url()).pathname;
  const stranger = await (await browser.newContext()).newPage();
  const url = (process.env.LEGWORK_URL ?? "http://127.0.0.1:4100") + address;
  expect((await stranger.goto(url))?.status()).toBe(404);
  await expect(stranger.getByRole("heading", { name: "Nothing here." })).toBeVisible();
  await page.getByRole("link", { name: "Set who sees what" }).click();
  await page.getByLabel("Times, distance, pace").selectOption("everybody");
  await page.getByLabel("The route").selectOption("everybody");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").first()).toContainText("Saved.");
  await gotoHydrated(page, address);
  await expect(page.getByRole("note").first()).toContainText("Without heart rate");
  await expectAccessible(page);
  await stranger.goto(url);
  await expect(stranger.getByRole("img", { name: "The route" })).toBeVisible();
  await expect(stranger.getByLabel("Numbers")).toContainText("Distance");
  await expect(stranger.getByLabel("Numbers")).not.toContainText("Heart rate");
  await expect(stranger.getByRole("link", { name: "See how" })).toBeVisible();
  await expectAccessible(stranger);
  const file = async () => (await stranger.request.get(`${url}/route.gpx`)).text();
  const whole = await file();
  await gotoHydrated(page, "/settings/privacy");
  await page.getByRole("button", { name: "Create zone" }).click();
  await expect(page.getByRole("list", { name: "Privacy zones" })).toContainText("500 m");
  await expectAccessible(page);
  const trimmed = await file();
  expect(trimmed.split("<trkpt").length).toBeLessThan(whole.split("<trkpt").length - 10);
  expect(trimmed).not.toContain("gpxtpx:hr>");
  await stranger.close();
});
