// The whole of an account: taken along, brought back, and deleted with time to think again.
import { readFileSync } from "node:fs";
import { expect, gpx, expectAccessible, gotoHydrated, register, test } from "./fixtures";

test("an archive of everything is made, downloaded, and refused where there is something already", async ({ page }) => {
  await register(page);
  const today = new Date().toISOString().slice(0, 10);
  await page.goto(`/journal/${today}`);
  await page.request.post(`/journal/${today}`, { form: { sleep_hours: "7.5", note: "Zaunkönig" }, headers: { "sec-fetch-site": "same-origin" } });
  await gotoHydrated(page, "/settings/privacy");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make an archive" }).click();
  await expect(page.getByRole("status").first()).toContainText("being made");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const file = await (await download).path();
  expect(readFileSync(file).subarray(0, 2).toString()).toBe("PK");
  await page.getByLabel("Archive", { exact: true }).setInputFiles({ name: "legwork.zip", mimeType: "application/zip", buffer: readFileSync(file) });
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.locator("body")).toContainText("An archive goes into an account that has none yet");
});

test("deleting an account asks again, and can be taken back for thirty days", async ({ page }) => {
  const account = await register(page);
  await gotoHydrated(page, "/settings/privacy");
  await page.getByLabel("Type your address to be sure").fill("somebody@example.org");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("alert")).toContainText("not the address of this account");
  await page.getByLabel("Type your address to be sure").fill(account.email);
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("status").first()).toContainText("thirty days");
  await gotoHydrated(page, "/");
  await expect(page.locator(".going")).toContainText("is deleted on");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("status").first()).toContainText("Nothing is deleted.");
  await expect(page.locator(".going")).toHaveCount(0);
});

test("others see what is shown, and not the way home", async ({ page, browser }) => {
  await register(page);
  const id = "01900000-0000-7000-8000-" + Date.now().toString().slice(-12);
  await page.request.post(`/imports/upload?import=${id}`, { multipart: { file: { name: "home.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T07:00:00Z") } }, headers: { "sec-fetch-site": "same-origin" } });
  await expect(async () => {
    await page.goto("/activities");
    await expect(page.locator(".activities .row-link").first()).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.locator(".activities .row-link").first().click();
  await page.getByRole("link", { name: "As others see it" }).click();
  await expect(page.locator(".say")).toHaveText("Nobody else sees this activity.");
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
  await page.getByRole("button", { name: "Make a zone" }).click();
  await expect(page.getByRole("list", { name: "Home zones" })).toContainText("500 m");
  await expectAccessible(page);
  const trimmed = await file();
  expect(trimmed.split("<trkpt").length).toBeLessThan(whole.split("<trkpt").length - 10);
  expect(trimmed).not.toContain("gpxtpx:hr>");
  await stranger.close();
});
