// Every page also reads without JavaScript, and says nothing that the voice forbids.
import { expect, test as base } from "@playwright/test";
import { DEMO, gpx } from "./fixtures";

const test = base.extend({ javaScriptEnabled: false });

const BANNED = [/don.t forget/i, /\bmissing\b/i, /unlock/i, /streak(?!s, no badges)/i, /should have/i, /failed to/i, /!/];

test("pages read and forms post", async ({ page }) => {
  const words = async (path: string, heading: RegExp) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    const text = await page.locator("body").innerText();
    for (const banned of BANNED) expect(text, path).not.toMatch(banned);
  };
  await words("/welcome", /Find out what/);
  await words("/register", /Three fields/);
  await words("/sign-in", /Good to see you/);
  await page.getByLabel("E-mail").fill(DEMO.email);
  await page.getByLabel("Password").fill(DEMO.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/");
  await words("/", /efficient/);
  await words("/activities", /activities, newest first/);
  await page.locator("table.activities a.row-link").first().click();
  await expect(page.locator(".chart.pace path.line")).toHaveCount(1);
  await words(new URL(page.url()).pathname, /run|Tempo/);
  await words(`${new URL(page.url()).pathname}/edit`, /run|Tempo/);
  await words("/activities/new", /Without a watch/);
  await words("/performance", /Fitness/);
  await words("/performance/values", /values of its day/);
  await words("/discovery", /thing/);
  await expect(page.locator("#sleep-hours-efficiency .scatter path.dots")).toHaveCount(1);
  await words("/planted", /Discovery got/);
  await words("/journal", /How are you/);
  await words("/import", /Drop your runs/);
  await words("/journal/import", /spreadsheet/);
  await words("/settings", /Settings/);
  await words("/settings/security", /Who gets in/);
  await words("/prove", /Show that it is you/);
  await words("/forgot", /It happens/);
  await words("/nothing-here", /nothing at this address/);
});

test("register, import and journal work", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("Name").fill("Kim");
  await page.getByLabel("E-mail").fill(`plain-${process.pid}-${Date.now()}@example.org`);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
  await page.goto("/import");
  await page.getByLabel("Choose files").setInputFiles({ name: "run.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity", { timeout: 500 });
  }).toPass();
  await page.goto("/journal");
  await page.getByLabel("Sleep", { exact: true }).fill("7.5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("7.5");
});
