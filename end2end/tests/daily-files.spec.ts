import type { Page } from "@playwright/test";
import { DAY, EXPORTS, type Export, type Shown, cutApple } from "../exports";
import { expect, expectAccessible, gotoHydrated, register, test } from "./fixtures";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const sleep = (page: Page) => page.getByRole("radiogroup", { name: "Sleep", exact: true });
const field = (page: Page, name: string) => page.getByRole("region", { name: "Sleep, body, work" }).getByLabel(name, { exact: true });

async function choose(page: Page, { name, mimeType, buffer }: Export) {
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles([{ name, mimeType, buffer }]);
  await page.getByRole("button", { name: "Import", exact: true }).click();
}

async function drop(page: Page, { name, buffer }: Export) {
  await gotoHydrated(page, "/imports");
  const transfer = await page.evaluateHandle(
    ({ name, bytes }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
      return transfer;
    },
    { name, bytes: buffer.toString("base64") },
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** Waits for the outcome, and returns the address of the import. */
async function expectOutcome(page: Page, file: Export): Promise<string> {
  await expect(page).toHaveURL(/\/imports\/[0-9a-f-]{36}/);
  await expect(heading(page)).toContainText("of values");
  const row = page.getByRole("row").filter({ hasText: file.name });
  await expect(row).toContainText(file.outcome);
  for (const line of file.lines) await expect(row).toContainText(line);
  return page.url();
}

async function expectShown(page: Page, shown: Shown) {
  await gotoHydrated(page, `/journal/${DAY}`);
  if (shown.sleep) await expect(sleep(page).getByRole("radio", { name: shown.sleep, exact: true })).toBeChecked();
  else await expect(sleep(page).getByRole("radio", { checked: true })).toHaveCount(0);
  await expect(field(page, "In bed")).toHaveValue(shown.inBed ?? "");
  await expect(field(page, "Weight")).toHaveValue(shown.weight ?? "");
  await expect(field(page, "Resting heart rate")).toHaveValue(shown.restingHr ?? "");
}

async function undo(page: Page, address: string) {
  await gotoHydrated(page, address);
  await page.getByRole("button", { name: "Undo this import" }).click();
  await expect(heading(page)).toContainText("Undone");
}

for (const [n, file] of EXPORTS.entries()) {
  test(`${file.of}: an export has its line, its values are on their day, and undone they are gone`, async ({ page }) => {
    await register(page);
    // Half of them chosen, half of them dropped.
    await (n % 2 === 0 ? choose : drop)(page, file);
    const address = await expectOutcome(page, file);
    await expectShown(page, file.shown);
    await undo(page, address);
    await expectShown(page, {});
  });
}

test("an Apple export that was cut off keeps what came", async ({ page }) => {
  const file = cutApple();
  await register(page);
  await choose(page, file);
  const address = await expectOutcome(page, file);
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);
  await expectShown(page, file.shown);
  await undo(page, address);
  await expectShown(page, {});
});

test("what was typed stays above what a file says, and comes from the next file once it is gone", async ({ page }) => {
  const [whoop, table] = [EXPORTS.find(({ of }) => of === "WHOOP"), EXPORTS.find(({ of }) => of === "a table")];
  if (!whoop || !table) throw new Error("no such exports");
  await register(page);
  await choose(page, whoop);
  const first = await expectOutcome(page, whoop);
  await choose(page, table);
  await expectOutcome(page, table);
  await gotoHydrated(page, `/journal/${DAY}`);
  await expect(page.getByText("from WHOOP").first()).toBeVisible();
  await sleep(page).getByRole("radio", { name: "7", exact: true }).click();
  await expect(page.locator("[data-answers-status]")).toHaveText(/^Saved \d\d:\d\d$/);
  await undo(page, first);
  await gotoHydrated(page, `/journal/${DAY}`);
  await expect(sleep(page).getByRole("radio", { name: "7", exact: true })).toBeChecked();
  await expect(field(page, "Weight")).toHaveValue("70.1");
  await expect(field(page, "Resting heart rate")).toHaveValue("");
});
