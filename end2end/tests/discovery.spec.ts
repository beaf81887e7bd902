import { expect, noBarriers, open, register, signIn, test } from "./harness";

test("findings are told with effect, interval, lag, p, q and n, and their days can be explored", async ({ page }) => {
  await signIn(page);
  await open(page, "/discovery");
  for (const heading of ["What’s working", "What doesn’t"]) await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  const sleep = page.locator("#sleep-hours-efficiency");
  await expect(sleep.locator(".say")).toContainText(/An extra hour of sleep: .* more efficient/);
  await expect(sleep.locator(".interval")).toHaveAttribute("aria-label", /between/);
  await sleep.scrollIntoViewIfNeeded();
  await expect(sleep.locator("[data-live] svg")).toBeVisible();
  await sleep.getByText("How was this tested?").click();
  for (const fact of ["Days with both", "Lag", "p, best of all lags", "q, over all pairs"]) await expect(sleep.getByText(fact, { exact: true })).toBeVisible();
  await noBarriers(page);
});

test("planted effects stand beside what was found", async ({ page }) => {
  await signIn(page);
  await open(page, "/planted");
  await expect(page.locator("table.planted tbody tr")).toHaveCount(11);
  const row = page.getByRole("row").filter({ hasText: "Alcohol → efficiency" });
  await expect(row).toContainText("−1.1 % per drink");
  await expect(row).toContainText("yes");
  await expect(page.getByText("Synthetic athlete").first()).toBeVisible();
  await noBarriers(page);
});

test("an empty account gets the one next step", async ({ page }) => {
  await register(page);
  await open(page, "/discovery");
  await expect(page.getByRole("main").getByRole("link", { name: "Import runs" })).toBeVisible();
  await noBarriers(page);
  await page.goto("/planted");
  await expect(page.getByRole("alert")).toContainText("There is no such page");
});
