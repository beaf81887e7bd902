import { expect, noBarriers, open, register, test } from "./harness";

test("today in fifteen seconds, and any day before", async ({ page }) => {
  await register(page);
  await open(page, "/journal");
  await noBarriers(page);
  await page.getByRole("button", { name: "8", exact: true }).first().click();
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("8");
  await page.getByRole("radiogroup", { name: "Mood" }).getByRole("radio", { name: "good" }).click();
  await page.getByLabel("Resting heart rate").fill("48");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("8");
  await expect(page.getByRole("radiogroup", { name: "Mood" }).getByRole("radio", { name: "good" })).toBeChecked();
  // No answer stays no answer.
  await expect(page.getByLabel("Caffeine")).toHaveValue("");
  await page.getByRole("link", { name: "Day before" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("How was it?");
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("");
});

test("a refused answer says why and loses nothing", async ({ page }) => {
  await register(page);
  await open(page, "/journal");
  await page.locator("form.journal-form").evaluate((form) => form.setAttribute("novalidate", ""));
  await page.getByLabel("Sleep", { exact: true }).fill("25");
  await page.getByLabel("Note").fill("Slept & slept");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Sleep: a number from 0 to 24 hours.")).toBeVisible();
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("25");
  await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
  await page.waitForSelector("html[data-ready]");
  await noBarriers(page);
});

test("a CSV is looked at, mapped and stored", async ({ page }) => {
  await register(page);
  await open(page, "/journal/import");
  const csv = "\ufeffDatum;Schlaf (h);Laune;Kaffee\n03.05.2026;7,5;4;2\n04.05.2026;;2;\n05.05.2026;99;3;1\n";
  await page.getByLabel("Choose a CSV").setInputFiles({ name: "days.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Have a look" }).click();
  await expect(page.getByText("Line 4: Sleep: a number from 0 to 24 hours.")).toBeVisible();
  await page.getByLabel("Laune").selectOption("mood");
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(page.getByLabel("Laune")).toHaveValue("mood");
  await page.waitForSelector("html[data-ready]");
  await noBarriers(page);
  await page.getByRole("button", { name: /Store 3/ }).click();
  await expect(page.getByRole("status")).toContainText("3 days stored");
  await page.goto("/journal/2026-05-03");
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("7.5");
  await expect(page.getByLabel("Caffeine")).toHaveValue("2");
});
