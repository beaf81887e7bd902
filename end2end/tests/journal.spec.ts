import { expect, expectAccessible, gotoHydrated, register, test } from "./fixtures";

test("today in fifteen seconds, and any earlier day", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal");
  await expectAccessible(page);
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
  await page.getByRole("link", { name: "Previous day" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("How was it?");
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("");
});

for (const script of [true, false]) {
  test.describe(script ? "with a script" : "without a script", () => {
    test.use({ javaScriptEnabled: script });

    test("a refused answer says why and loses nothing", async ({ page }) => {
      await register(page);
      const sent: string[] = [];
      page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
      await (script ? gotoHydrated(page, "/journal") : page.goto("/journal"));
      const sleep = page.getByLabel("Sleep", { exact: true });
      const refused = async () => {
        await expect(page.getByText("Sleep: a number from 0 to 24 hours.")).toBeVisible();
        await expect(sleep).toHaveAttribute("aria-invalid", "true");
        await expect(sleep).toHaveValue("7x");
        await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
      };
      await sleep.fill("7x");
      await page.getByLabel("Note").fill("Slept & slept");
      await page.getByRole("button", { name: "Save" }).click();
      await refused();
      if (script) {
        expect(sent).toEqual([]);
        await expect(sleep).toBeFocused();
        await expectAccessible(page);
        // What is sent all the same is refused by the server, with the same sentence.
        await page.locator("form.journal-form").evaluate((form: HTMLFormElement) => form.submit());
        await expect.poll(() => sent.length).toBe(1);
        await page.waitForSelector("html[data-ready]");
        await refused();
        await expectAccessible(page);
      }
      // Nothing of it is in the URL, nor in the history.
      await expect(page).toHaveURL(/\/journal\/\d{4}-\d\d-\d\d$/);
      await sleep.fill("7,5");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
      await expect(sleep).toHaveValue("7.5");
    });
  });
}

test("a CSV is previewed, mapped and imported", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal/import");
  const csv = "\ufeffDatum;Schlaf (h);Laune;Kaffee\n03.05.2026;7,5;4;2\n04.05.2026;;2;\n05.05.2026;99;3;1\n";
  await page.getByLabel("Choose a CSV").setInputFiles({ name: "days.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("Line 4: Sleep: a number from 0 to 24 hours.")).toBeVisible();
  await page.getByLabel("Laune").selectOption("mood");
  await page.getByRole("button", { name: "Update preview" }).click();
  await expect(page.getByLabel("Laune")).toHaveValue("mood");
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
  await page.getByRole("button", { name: /Import 3/ }).click();
  await expect(page.getByRole("status")).toContainText("3 days imported");
  await page.goto("/journal/2026-05-03");
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("7.5");
  await expect(page.getByLabel("Caffeine")).toHaveValue("2");
});

test("a draft survives leaving, another day, and a lost connection", async ({ page, context }) => {
  await register(page);
  await gotoHydrated(page, "/journal/2026-05-03");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await page.getByRole("button", { name: "8", exact: true }).first().click();
  await page.getByRole("radiogroup", { name: "Mood" }).getByRole("radio", { name: "good" }).click();
  await page.getByLabel("Note").fill("Slept & slept");
  const status = page.getByRole("status").filter({ hasText: "Not saved yet" });
  await expect(status).toContainText("Kept in this browser");
  // Another day has its own draft.
  await page.getByRole("link", { name: "Previous day" }).click();
  await expect(page).toHaveURL("/journal/2026-05-02");
  await page.waitForSelector("html[data-ready]");
  await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("Note")).toHaveValue("");
  await page.goBack();
  await page.waitForSelector("html[data-ready]");
  const expectDraft = async () => {
    await expect(page.getByLabel("Sleep", { exact: true })).toHaveValue("8");
    await expect(page.getByRole("radiogroup", { name: "Mood" }).getByRole("radio", { name: "good" })).toBeChecked();
    await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
  };
  await expectDraft();
  // Navigating inside the app, and coming back.
  await page.getByRole("link", { name: "Activities" }).first().click();
  await expect(page).toHaveURL("/activities");
  await gotoHydrated(page, "/journal/2026-05-03");
  await expectDraft();
  await expect(status).toContainText("is back");
  await expectAccessible(page);
  // Offline nothing is sent, and the page says so.
  await context.setOffline(true);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Nothing was sent; what you typed is kept in this browser.")).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await expectDraft();
  await expect(status).toHaveCount(0);
  // Typed after saving, on the page that confirms it: a new draft.
  await page.getByLabel("Note").fill("And slept");
  await expect(status).toContainText("Kept in this browser");
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await expect(page.getByLabel("Note")).toHaveValue("And slept");
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await expect(page.getByLabel("Note")).toHaveValue("Slept & slept");
});

test("signing out leaves nothing in the browser", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal");
  await page.getByLabel("Note").fill("Private");
  await expect(page.getByRole("status").filter({ hasText: "Not saved yet" })).toBeVisible();
  await gotoHydrated(page, "/settings");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/welcome");
  expect(await page.evaluate(() => JSON.stringify(Object.keys(localStorage)))).not.toContain("draft");
});
