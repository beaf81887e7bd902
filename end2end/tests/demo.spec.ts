// The synthetic athlete, whose effects are known.
import { expect, expectAccessible, gotoHydrated, signIn, test } from "./fixtures";

test("planted effects stand next to what was found", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/demo/ground-truth");
  await expect(page.locator("table.planted tbody tr")).toHaveCount(12);
  const row = page.getByRole("row").filter({ hasText: "Alcohol → efficiency" });
  await expect(row).toContainText("−1.1 % per drink");
  await expect(row).toContainText("yes");
  await expect(page.getByText("Synthetic athlete").first()).toBeVisible();
  await expectAccessible(page);
});
