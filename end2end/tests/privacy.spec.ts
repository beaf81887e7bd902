// The whole of an account: taken along, brought back, and deleted with time to think again.
import { readFileSync } from "node:fs";
import { expect, noBarriers, open, register, test } from "./harness";

test("an archive of everything is made, downloaded, and refused where there is something already", async ({ page }) => {
  await register(page);
  const today = new Date().toISOString().slice(0, 10);
  await page.goto(`/journal/${today}`);
  await page.request.post(`/journal/${today}`, { form: { sleep_hours: "7.5", note: "Zaunkönig" }, headers: { "sec-fetch-site": "same-origin" } });
  await open(page, "/settings/privacy");
  await noBarriers(page);
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
  await open(page, "/settings/privacy");
  await page.getByLabel("Type your address to be sure").fill("somebody@example.org");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("alert")).toContainText("not the address of this account");
  await page.getByLabel("Type your address to be sure").fill(account.email);
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("status").first()).toContainText("thirty days");
  await open(page, "/");
  await expect(page.locator(".going")).toContainText("is deleted on");
  await noBarriers(page);
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("status").first()).toContainText("Nothing is deleted.");
  await expect(page.locator(".going")).toHaveCount(0);
});
