// Every page also works without JavaScript, and contains no phrase that the voice forbids.
import { expect, test as base } from "@playwright/test";
import { DEMO, gpx } from "./fixtures";

const test = base.extend({ javaScriptEnabled: false });

const BANNED = [/don.t forget/i, /\bmissing\b/i, /unlock/i, /streak(?!s, no badges)/i, /should have/i, /failed to/i, /!/];

test("pages read and forms post", async ({ page }) => {
  const visit = async (path: string, heading: RegExp) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    const text = await page.locator("body").innerText();
    for (const banned of BANNED) expect(text, path).not.toMatch(banned);
  };
  await visit("/welcome", /Find out what/);
  await visit("/register", /Three fields/);
  await visit("/sign-in", /Good to see you/);
  await page.getByLabel("Email").fill(DEMO.email);
  await page.getByLabel("Password").fill(DEMO.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/");
  await visit("/", /efficient/);
  await visit("/activities", /activities/);
  await page.locator("table.acts a.row-link").first().click();
  await expect(page.locator(".chart.pace path.line")).toHaveCount(1);
  await visit(new URL(page.url()).pathname, /run|Tempo/);
  await visit(`${new URL(page.url()).pathname}/edit`, /run|Tempo/);
  await visit("/activities/new", /Without a watch/);
  await visit("/gear", /No shoes or bikes yet/);
  await visit("/calendar", /runs? in |yet/);
  await visit("/plan/new", /What would you like to do/);
  await visit("/plan/copy", /once more/);
  await visit("/plan/feed", /in your calendar/);
  await visit("/performance", /Fitness/);
  await visit("/settings/thresholds", /thresholds of their day/);
  await visit("/discovery", /thing/);
  await expect(page.locator("#sleep-hours-efficiency .scatter path.dots")).toHaveCount(1);
  await visit("/demo/ground-truth", /Discovery found/);
  await visit("/journal", /How are you/);
  await visit("/imports", /Drop your runs/);
  await visit("/journal/import", /spreadsheet/);
  await visit("/journal/measures", /What do you want to be asked/);
  await visit("/welcome/goals", /What brings you here/);
  await visit("/welcome/import", /Bring what you have/);
  await visit("/welcome/availability", /When could you run/);
  await visit("/welcome/body", /about the engine/);
  await visit("/welcome/thresholds", /found/);
  await visit("/welcome/questions", /What may we ask/);
  await visit("/welcome/done", /That’s it/);
  await visit("/settings", /You, and how you like it/);
  await visit("/settings/units", /Miles or kilometres/);
  await visit("/settings/security", /Who gets in/);
  await visit("/reauthenticate", /Confirm it’s you/);
  await visit("/forgot-password", /It happens/);
  await visit("/nothing-here", /nothing at this address/);
});

test("register, import and journal work", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("Name").fill("Kim");
  await page.getByLabel("Email").fill(`plain-${process.pid}-${Date.now()}@example.org`);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What brings you here?");
  await page.goto("/imports");
  await page.getByLabel("Choose files").setInputFiles({ name: "run.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity", { timeout: 500 });
  }).toPass();
  await page.goto("/journal");
  const sleep = page.getByRole("radiogroup", { name: "Sleep", exact: true }).getByRole("radio", { name: "7½" });
  await sleep.check({ force: true });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  await expect(sleep).toBeChecked();
});
