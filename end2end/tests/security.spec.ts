// Login methods and their end: passkeys, authenticator app, lost phone, emails, stolen tokens, sessions that end while a page is open.
import type { Page } from "@playwright/test";
import { addAuthenticator, confirmAddress, expect, latestEmail, link, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

// A passkey belongs to a host name; an IP address has none.
const BASE = (process.env.LEGWORK_URL ?? "http://127.0.0.1:4100").replace("127.0.0.1", "localhost");
test.use({ baseURL: BASE });

/** A virtual authenticator that always consents. */
async function virtualAuthenticator(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

test("from registration to a passkey that signs in by itself", async ({ page }) => {
  await virtualAuthenticator(page);
  await confirmAddress(page, await register(page));
  await gotoHydrated(page, "/settings/security");
  await page.getByLabel("Name of a new passkey").fill("my phone");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("heading", { name: "Recovery codes" })).toBeVisible();
  await expect(page.locator("#factors")).toContainText("Passkey: my phone");
  await expectAccessible(page);
  await page.getByRole("button", { name: "I’ve saved them" }).click();
  await expect(page.getByRole("heading", { name: "Recovery codes" })).toHaveCount(0);
  await gotoHydrated(page, "/settings");
  await page.getByRole("button", { name: "Sign out" }).click();
  await gotoHydrated(page, "/sign-in");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
  // And reauthenticates with it later.
  await gotoHydrated(page, "/reauthenticate?next=/settings/security");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL("/settings/security");
  await page.getByRole("button", { name: "Remove the passkey my phone" }).click();
  await expect(page.locator("#factors")).not.toContainText("my phone");
});

test("a lost phone: a recovery code signs in once", async ({ page, browser }) => {
  const account = await register(page);
  await confirmAddress(page, account);
  const { codes } = await addAuthenticator(page);
  const other = await (await browser.newContext({ baseURL: BASE })).newPage();
  const begin = async () => {
    await other.goto("/sign-in");
    await other.getByLabel("Email").fill(account.email);
    await other.getByLabel("Password").fill(account.password);
    await other.getByRole("button", { name: "Sign in" }).click();
    await expect(other.getByRole("heading", { level: 1 })).toHaveText("One more thing.");
  };
  await begin();
  await expectAccessible(other);
  await other.getByRole("textbox", { name: "Code" }).fill("123456");
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other.getByRole("alert").first()).toContainText("is wrong");
  await other.getByRole("textbox", { name: "Code" }).fill(codes[0]);
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other).toHaveURL("/");
  await other.context().clearCookies();
  await begin();
  await other.getByRole("textbox", { name: "Code" }).fill(codes[0]);
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other.getByRole("alert").first()).toContainText("already used");
  await other.close();
});

test("a forgotten password is reset by email, and the link works once", async ({ page }) => {
  const account = await register(page);
  await page.context().clearCookies();
  await gotoHydrated(page, "/sign-in");
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("It happens.");
  await page.getByLabel("Email").fill(account.email);
  await page.getByRole("button", { name: "Send a link" }).click();
  await expect(page.getByRole("status").first()).toContainText("If there is an account");
  const path = link(await latestEmail(account.email, "/reset-password?"));
  await page.goto(path);
  await expectAccessible(page);
  await page.getByLabel("New password").fill("password1234");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("alert")).toContainText("attackers");
  await page.getByLabel("New password").fill("marmot violin trench");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("status").first()).toContainText("Password changed.");
  await signIn(page, { ...account, password: "marmot violin trench" });
  await page.goto(path);
  await page.getByLabel("New password").fill("marmot violin bench");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.locator("body")).toContainText("already used");
});

test("an address is confirmed by email, and until then a password is the only login method", async ({ page, browser }) => {
  const account = await register(page);
  for (const path of ["/", "/settings", "/settings/privacy", "/settings/history", "/settings/security"]) {
    await gotoHydrated(page, path);
    await expect(page.locator(".unconfirmed")).toContainText("second factors, passkeys, linked accounts or API tokens");
  }
  await expectAccessible(page);
  await expect(page.getByText("Not confirmed", { exact: true })).toBeVisible();
  for (const name of ["Add an authenticator app", "Add a passkey", "Create token"]) await expect(page.getByRole("button", { name })).toHaveCount(0);
  await page.getByRole("button", { name: "Send the email again" }).click();
  await expect(page.getByRole("status").first()).toContainText("The email is on its way.");
  const path = link(await latestEmail(account.email, "/verify-email?", 2));
  // The email alone does not prove who created the account.
  const other = await (await browser.newContext({ baseURL: BASE })).newPage();
  await gotoHydrated(other, path);
  await expectAccessible(other);
  await other.getByLabel("Account password").fill("not the password");
  await other.getByRole("button", { name: "Yes, it is mine" }).click();
  await expect(other.getByRole("alert")).toContainText("not the account’s password");
  await page.goto(path);
  await page.getByRole("button", { name: "Yes, it is mine" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you. The address is confirmed.");
  await gotoHydrated(page, "/settings/security");
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  await expect(page.locator(".unconfirmed")).toHaveCount(0);
  await other.close();
});

test("registering a stranger’s address ends when the stranger claims it", async ({ page, browser }) => {
  const account = await register(page, "Mallory");
  const owner = await (await browser.newContext({ baseURL: BASE })).newPage();
  await gotoHydrated(owner, link(await latestEmail(account.email, "/verify-email?")));
  await owner.getByRole("link", { name: "Set your own password" }).click();
  await owner.getByLabel("Email").fill(account.email);
  await owner.getByRole("button", { name: "Send a link" }).click();
  await expect(owner.getByRole("status").first()).toContainText("If there is an account");
  await owner.goto(link(await latestEmail(account.email, "/reset-password?")));
  await owner.getByLabel("New password").fill("marmot violin trench");
  await owner.getByRole("button", { name: "Set password" }).click();
  await expect(owner.getByRole("status").first()).toContainText("Password changed.");
  await page.goto("/settings");
  await expect(page).toHaveURL(/sign-in/);
  await signIn(owner, { ...account, password: "marmot violin trench" });
  await gotoHydrated(owner, "/settings/security");
  await expect(owner.getByText("Confirmed", { exact: true })).toBeVisible();
  await owner.close();
});

test("five wrong passwords end the session", async ({ page }) => {
  const account = await register(page);
  for (let i = 0; i < 4; i++) {
    await page.goto("/reauthenticate?next=/settings/security");
    await page.getByLabel("Password").fill(`wrong horse ${i}`);
    await page.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByRole("alert")).toContainText("not the password");
  }
  await page.getByLabel("Password").fill("wrong horse 5");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page).toHaveURL(/sign-in/);
  await expect(page.getByRole("alert")).toContainText("too many attempts");
  await latestEmail(account.email, "five times");
});

test("a stolen refresh token ends every token of its family", async ({ page, request }) => {
  const account = await register(page);
  await confirmAddress(page, account);
  const post = async (path: string, data: object) => request.post(path, { data });
  const first = await (await post("/v1/tokens", { email: account.email, password: account.password, name: "script" })).json();
  const read = (token: string) => request.get("/v1/correlations/what-works", { headers: { authorization: `Bearer ${token}` } });
  expect([200, 202]).toContain((await read(first.access_token)).status());
  const second = await (await post("/v1/tokens/refresh", { refresh_token: first.refresh_token })).json();
  expect((await post("/v1/tokens/refresh", { refresh_token: first.refresh_token })).status()).toBe(401);
  expect((await read(second.access_token)).status()).toBe(401);
  expect((await post("/v1/tokens/refresh", { refresh_token: second.refresh_token })).status()).toBe(401);
  await gotoHydrated(page, "/settings/security");
  await expect(page.locator("body")).toContainText("A refresh token was used twice");
});

test("an API token is shown once, and reads what its owner reads", async ({ page, request }) => {
  await confirmAddress(page, await register(page));
  await gotoHydrated(page, "/settings/security");
  // What a number field cannot read is not sent as nothing.
  const days = page.getByLabel("Days until it expires");
  await days.fill("");
  await days.pressSequentially("e");
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(days).toHaveAttribute("aria-invalid", "true");
  await days.fill("30");
  await page.getByLabel("Name of a new token").fill("my script");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = (await page.locator("pre.secret").textContent()) ?? "";
  expect(token).toMatch(/^legwork_[0-9a-f]{64}$/);
  const status = async () => (await request.get("/v1/correlations/what-works", { headers: { authorization: `Bearer ${token}` } })).status();
  expect([200, 202]).toContain(await status());
  await page.getByRole("button", { name: "I’ve saved it" }).click();
  await expect(page.locator("pre.secret")).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke the token my script" }).click();
  await expect(page.getByRole("status").first()).toContainText("Token revoked.");
  expect(await status()).toBe(401);
});

test("a session revoked on another device says so on the open page", async ({ page, browser }) => {
  const account = await register(page);
  const phone = await (await browser.newContext({ baseURL: BASE })).newPage();
  await signIn(phone, account);
  await phone.waitForSelector("html[data-ready]");
  await gotoHydrated(page, "/settings/security");
  await page.getByRole("button", { name: /^Sign out 1 other device/ }).click();
  await expect(page.getByRole("status").first()).toContainText("Every other device is signed out.");
  await phone.getByRole("link", { name: "Activities" }).click();
  await expect(phone.getByRole("heading", { name: "You are signed out." })).toBeVisible();
  await phone.getByRole("link", { name: "Sign in" }).click();
  await expect(phone.getByRole("heading", { level: 1 })).toHaveText("Good to see you.");
  await phone.close();
});
