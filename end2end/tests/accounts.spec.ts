import { expect, latestEmail, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

test("register, sign out, sign in", async ({ page, context }) => {
  const account = await register(page);
  const cookie = (await context.cookies()).find((c) => c.name === "legwork_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  await gotoHydrated(page, "/settings");
  await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Berlin");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/welcome");
  await page.goto("/journal");
  await expect(page).toHaveURL("/sign-in");
  await signIn(page, account);
});

test("a name and a time zone are changed, with and without a script", async ({ page, browser, baseURL, context }) => {
  await register(page);
  await gotoHydrated(page, "/settings");
  await page.getByLabel("Name").fill("Kim of the hills");
  await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toContainText("re-dated");
  await expect(page.getByLabel("Name")).toHaveValue("Kim of the hills");
  await expect(page.getByLabel("Time zone")).toHaveValue("Asia/Tokyo");
  await expectAccessible(page);
  const plain = await (await browser.newContext({ baseURL, javaScriptEnabled: false, storageState: await context.storageState() })).newPage();
  await plain.goto("/settings");
  await plain.getByLabel("Name").fill("  ");
  await plain.getByLabel("Time zone").selectOption("Europe/Paris");
  await plain.getByRole("button", { name: "Save" }).click();
  await expect(plain.getByText("A name of 1 to 80 characters.")).toBeVisible();
  await expect(plain.getByLabel("Time zone")).toHaveValue("Europe/Paris");
  await plain.getByLabel("Name").fill("Kim");
  await plain.getByLabel("Time zone").selectOption("Asia/Tokyo");
  await plain.getByRole("button", { name: "Save" }).click();
  await expect(plain.getByRole("status")).toHaveText("Saved.");
});

test("a wrong password says so and keeps the address", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill("demo@legwork.example");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("do not match");
  await expect(page.getByLabel("Email")).toHaveValue("demo@legwork.example");
});

test("a taken address says so and keeps what was typed", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("Name").fill("Kim");
  await page.getByLabel("Email").fill("demo@legwork.example");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert")).toContainText("There is an account");
  await expect(page.getByLabel("Name")).toHaveValue("Kim");
});

test("a form from another site is refused", async ({ request }) => {
  const answer = await request.post("/sign-in", { form: { email: "a@b.org", password: "x" }, headers: { "sec-fetch-site": "cross-site" } });
  expect(answer.status()).toBe(403);
});

test("public pages are accessible", async ({ page }) => {
  for (const path of ["/welcome", "/sign-in", "/sign-in/mfa", "/forgot-password", "/privacy", "/reset-password", "/verify-email", "/confirm-email-change", "/register"]) {
    await gotoHydrated(page, path);
    await expectAccessible(page);
  }
});

test("devices are listed and signed out, and a new password signs out all others", async ({ page, browser, baseURL }) => {
  const account = await register(page);
  const phone = await (await browser.newContext({ baseURL })).newPage();
  await signIn(phone, account);
  expect(await latestEmail(account.email, "did not know")).toContain("Chrome on Linux");
  await gotoHydrated(page, "/settings/security");
  await expect(page.getByRole("list", { name: "Devices" }).getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("list", { name: "Devices" })).toContainText("Chrome on Linux");
  await expect(page.getByRole("list", { name: "Devices" })).toContainText("This device");
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Sign out Chrome/ }).click();
  await expect(page.getByRole("status").first()).toContainText("That device is signed out.");
  await phone.goto("/settings");
  await expect(phone).toHaveURL(/sign-in|welcome/);
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("another correct horse");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("not the current password");
  await page.getByLabel("Current password").fill(account.password);
  await page.getByLabel("New password").fill("another correct horse");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("status").first()).toContainText("Password changed.");
  await signIn(phone, { ...account, password: "another correct horse" });
  await phone.close();
});
