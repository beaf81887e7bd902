import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect, gotoHydrated, test } from "./fixtures";

test("a newer version is offered, and loads on request", async ({ page }) => {
  const worker = `${process.env.LEGWORK_SITE}/sw.js`;
  const before = readFileSync(worker);
  try {
    await gotoHydrated(page, "/welcome");
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    appendFileSync(worker, "\n// a newer one");
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await expect(page.getByText("A newer Legwork is ready.")).toBeVisible();
    await page.evaluate(() => Object.assign(window, { old: true }));
    await page.getByRole("button", { name: "Reload" }).click();
    await page.waitForFunction(() => !("old" in window) && document.documentElement.dataset.ready !== undefined);
    await expect(page.getByText("A newer Legwork is ready.")).toBeHidden();
  } finally {
    writeFileSync(worker, before);
  }
});
