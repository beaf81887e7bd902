import { expect, gotoHydrated, signIn, test } from "./fixtures";

test("it can be installed by Chromium's criteria", async ({ page }) => {
  await gotoHydrated(page, "/welcome");
  await page.evaluate(() => navigator.serviceWorker.ready);
  const client = await page.context().newCDPSession(page);
  const { errors } = await client.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await client.send("Page.getInstallabilityErrors");
  // A browser without its own profile reports "in-incognito"; everything else would be our fault.
  expect(installabilityErrors.map((e) => e.errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});

test("the worker caches the offline page and hashed files only", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/discovery");
  await page.evaluate(() => navigator.serviceWorker.ready);
  const cached = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)));
    return all.flat();
  });
  expect(cached.length).toBeGreaterThan(5);
  for (const path of cached) expect(path).toMatch(/^\/(pkg\/|offline\.html|icons\/)/);
});

test("without a connection a page says so", async ({ page, context }) => {
  await gotoHydrated(page, "/welcome");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await context.setOffline(true);
  await page.goto("/sign-in");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No signal.");
  await context.setOffline(false);
});
