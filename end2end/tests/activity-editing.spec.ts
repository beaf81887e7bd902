import type { Page } from "@playwright/test";
import { expect, gpx, expectAccessible, gotoHydrated, register, test } from "./fixtures";

test.beforeEach(async ({ page }) => register(page));

async function importFiles(page: Page, ...files: { name: string; buffer: Buffer }[]) {
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles(files.map((f) => ({ ...f, mimeType: "application/gpx+xml" })));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("out of");
}

const elapsed = (page: Page) => page.locator(".stat", { has: page.getByText("Elapsed time", { exact: true }) }).locator("dd");

test("an activity is renamed, cropped, split and rejoined, and everything can be undone", async ({ page }) => {
  await importFiles(page, { name: "run.gpx", buffer: gpx("2026-05-03T06:00:00Z") });
  await page.getByRole("link", { name: "run.gpx", exact: true }).click();
  const whole = (await elapsed(page).textContent()) ?? "";
  const address = page.url();
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByLabel("Name")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Name").fill("Around the lake");
  await page.getByLabel("Description").fill("Windy.\nGood legs.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Around the lake");
  await expect(page.getByText("Good legs.")).toBeVisible();

  await page.goto(`${address}/edit`);
  await page.getByLabel("From", { exact: true }).fill("1:00");
  await page.getByLabel("To", { exact: true }).fill("9:99");
  await page.getByRole("button", { name: "Crop", exact: true }).click();
  await expect(page.getByText("Minutes and seconds since the start")).toBeVisible();
  await expect(page.getByLabel("From", { exact: true })).toHaveValue("1:00");
  await page.getByLabel("To", { exact: true }).fill("3:00");
  await page.getByRole("button", { name: "Crop", exact: true }).click();
  await expect(elapsed(page)).toHaveText("2:00");
  await page.goto(`${address}/edit`);
  await page.getByRole("button", { name: "Undo crop" }).click();
  await expect(elapsed(page)).toHaveText(whole);

  await page.goto(`${address}/edit`);
  await page.getByLabel("At", { exact: true }).fill("2:00");
  await page.getByRole("button", { name: "Split", exact: true }).click();
  await page.getByRole("link", { name: "Split off: Around the lake, second part" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Around the lake, second part");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Rejoin" }).click();
  await expect(page).toHaveURL(address);
  await expect(elapsed(page)).toHaveText(whole);

  const original = await page.request.get(`${address}/original`);
  expect(original.headers()["content-disposition"]).toContain("run.gpx");
  expect(await original.body()).toEqual(gpx("2026-05-03T06:00:00Z"));
  for (const format of ["fit", "gpx", "tcx"]) expect((await page.request.get(`${address}/export/${format}`)).status()).toBe(200);

  await page.goto(`${address}/edit`);
  await page.getByText("Delete", { exact: true }).click();
  await page.getByRole("button", { name: "Delete this activity" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
});

test("the same run from two sources is one, can be two, and one again", async ({ page }) => {
  await importFiles(page, { name: "watch.gpx", buffer: gpx("2026-05-03T06:00:00Z") }, { name: "phone.gpx", buffer: gpx("2026-05-03T06:00:03Z") });
  // Files are read at once: whichever is stored last is merged into the other.
  const merged = page.getByRole("row").filter({ hasText: "merged" });
  await expect(merged).toHaveCount(1);
  await merged.getByRole("link").first().click();
  await expect(page.getByText("The better of each stream, merged with")).toBeVisible();
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByRole("button", { name: "Unmerge" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Unmerge" }).click();
  await page.goto("/activities");
  await expect(page.locator("table.acts tbody tr.a")).toHaveCount(2);
  await page.locator("table.acts a.row-link").last().click();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(page.getByText("The better of each stream, merged with")).toBeVisible();
  await page.goto("/activities");
  await expect(page.locator("table.acts tbody tr.a")).toHaveCount(1);
});

test("an activity without a watch is written down", async ({ page }) => {
  await gotoHydrated(page, "/activities/new");
  await expectAccessible(page);
  await page.getByLabel("Sport").selectOption("Row");
  await page.getByLabel("Duration").fill("forty");
  await page.getByLabel("Distance, km").fill("8,5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("How long it took, such as 45:00")).toBeVisible();
  await expect(page.getByLabel("Distance, km")).toHaveValue("8,5");
  await page.getByLabel("Duration").fill("45:00");
  await page.getByLabel("Average heart rate, bpm").fill("150");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(elapsed(page)).toHaveText("45:00");
  await expect(page.locator(".labels")).toContainText("Row");
  await expect(page.getByText("Entered by hand.")).toBeVisible();
  await expect(page.locator(".stat", { has: page.getByText("Load", { exact: true }) }).locator("dd")).toHaveText(/\d/);
});
