// The console of the site's staff: roles, and who changed what.
import { addAuthenticator, confirmAddress, expect, expectAccessible, gotoHydrated, grantOwner, register, signIn, test } from "./fixtures";

test("a revoked role closes the page that it opened", async ({ page, browser }) => {
  test.skip(!process.env.LEGWORK_SERVER, "needs the server's command line");
  const [boss, helper] = [await register(page, "Boss"), { page: await (await browser.newContext()).newPage() }];
  const account = await register(helper.page, "Helper");
  await confirmAddress(page, boss);
  await confirmAddress(helper.page, account);
  // Without the role the page is not found.
  await gotoHydrated(helper.page, "/admin/users");
  await expect(helper.page.getByRole("heading", { name: "Nothing here." })).toBeVisible();
  grantOwner(boss);
  await signIn(page, boss);
  await gotoHydrated(page, "/admin/users");
  await expect(page.getByRole("alert")).toContainText("second factor");
  await addAuthenticator(page);
  await gotoHydrated(page, "/admin/users?q=" + encodeURIComponent(account.email));
  await page.getByLabel("Role of Helper", { exact: true }).selectOption("employee");
  await page.getByRole("button", { name: "Change the role of Helper" }).click();
  await expect(page.getByRole("status").first()).toContainText("Role changed.");
  await signIn(helper.page, account);
  await addAuthenticator(helper.page);
  await gotoHydrated(helper.page, "/admin/users");
  await expect(helper.page.getByRole("table")).toBeVisible();
  await expectAccessible(helper.page);
  await gotoHydrated(page, "/admin/users?q=" + encodeURIComponent(account.email));
  await page.getByLabel("Role of Helper", { exact: true }).selectOption("athlete");
  await page.getByRole("button", { name: "Change the role of Helper" }).click();
  await expect(page.getByRole("status").first()).toContainText("Role changed.");
  await helper.page.getByRole("button", { name: "Search" }).click();
  await expect(helper.page).toHaveURL(/sign-in/);
  await gotoHydrated(page, "/admin/audit");
  await expect(page.getByRole("table")).toContainText('"after":"employee"');
  await expectAccessible(page);
  await helper.page.close();
});
