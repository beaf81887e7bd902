// Sign-in with an external account, against a real OpenID Connect provider on this machine.
import type { Server } from "node:http";
import type { Page } from "@playwright/test";
import { confirmAddress, expect, gotoHydrated, register, signIn, test } from "./fixtures";

const BASE = (process.env.LEGWORK_URL ?? "http://127.0.0.1:4100").replace("127.0.0.1", "localhost");
const PORT = Number(process.env.LEGWORK_OIDC_PORT ?? 0);
test.use({ baseURL: BASE });
test.skip(!PORT, "needs a server that knows the provider");
// One provider for all of them.
test.describe.configure({ mode: "serial" });

let server: Server;
test.beforeAll(async () => {
  const { Provider } = await import("oidc-provider");
  const provider = new Provider(`http://127.0.0.1:${PORT}`, {
    clients: [{ client_id: "legwork", client_secret: "only-for-tests", redirect_uris: [`${BASE}/auth/loopback/callback`], grant_types: ["authorization_code"], response_types: ["code"] }],
    // Any name logs in as that user, with an address that the provider has verified.
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, name: id, email: `${id}@elsewhere.example`, email_verified: true }) }),
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["only for tests"] },
    features: { devInteractions: { enabled: true } },
  });
  server = await new Promise((resolve) => {
    const listening = provider.listen(PORT, "127.0.0.1", () => resolve(listening));
  });
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function loginAtProvider(page: Page, name: string) {
  await page.locator("[name=login]").fill(name);
  await page.locator("[name=password]").fill("anything");
  await page.locator("[type=submit]").click();
  await page.locator("[type=submit]").click();
}

test("a new user signs up with an external account, and signs in with it again", async ({ page }) => {
  const name = `nora-${process.pid}-${Date.now()}`;
  await gotoHydrated(page, "/sign-in");
  await page.getByRole("link", { name: "Continue with Loopback" }).click();
  await loginAtProvider(page, name);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What brings you here?");
  await gotoHydrated(page, "/settings/security");
  await expect(page.locator("body")).toContainText(`${name}@elsewhere.example`);
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  // The only login method cannot be removed.
  await page.getByRole("button", { name: "Unlink Loopback" }).click();
  await expect(page.locator("body")).toContainText("the only way into your account");
  await page.context().clearCookies();
  await gotoHydrated(page, "/sign-in");
  await page.getByRole("link", { name: "Continue with Loopback" }).click();
  await loginAtProvider(page, name);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
});

test("an existing account is linked from the settings, and signed in to from then on", async ({ page, browser }) => {
  const account = await register(page);
  await confirmAddress(page, account);
  const name = `lina-${process.pid}-${Date.now()}`;
  await gotoHydrated(page, "/settings/security");
  await page.getByRole("link", { name: "Link Loopback" }).click();
  await loginAtProvider(page, name);
  await expect(page.getByRole("button", { name: "Unlink Loopback" })).toBeVisible();
  const other = await (await browser.newContext({ baseURL: BASE })).newPage();
  await other.goto("/sign-in");
  await other.getByRole("link", { name: "Continue with Loopback" }).click();
  await loginAtProvider(other, name);
  await gotoHydrated(other, "/settings/security");
  await expect(other.locator("body")).toContainText(account.email);
  await other.close();
});

test("a provider’s verified address does not open the account that has it", async ({ page, browser }) => {
  const name = `mona-${process.pid}-${Date.now()}`;
  const owner = await (await browser.newContext({ baseURL: BASE })).newPage();
  await owner.goto("/register");
  await owner.getByLabel("Name").fill("Mona");
  await owner.getByLabel("Email").fill(`${name}@elsewhere.example`);
  await owner.getByLabel("Password").fill("correct horse battery");
  await owner.getByRole("button", { name: "Create account" }).click();
  await expect(owner).toHaveURL("/welcome/goals");
  await gotoHydrated(page, "/sign-in");
  await page.getByRole("link", { name: "Continue with Loopback" }).click();
  await loginAtProvider(page, name);
  await expect(page.locator("body")).toContainText("There is an account with your address");
  await page.goto("/auth/loopback/callback?state=forged&code=forged");
  await expect(page.locator("body")).toContainText("was started in another browser");
  await signIn(page, { email: `${name}@elsewhere.example`, password: "correct horse battery" });
  await owner.close();
});
