// Settings that are of the browser.
import { expect, expectAccessible, gotoHydrated, signIn, test } from "./fixtures";

test("the theme is chosen in the settings", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/settings");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Dark", exact: true, pressed: true })).toBeVisible();
});
