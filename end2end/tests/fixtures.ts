// What all browser tests share: a page on which no console error is tolerated, accounts, recordings, axe.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

export const DEMO = { email: "demo@legwork.example", password: "legwork-demo" };

export const test = base.extend<{ failOnConsoleErrors: void }>({
  // Fails a test on any console error or warning, hydration's among them.
  failOnConsoleErrors: [
    async ({ page }, use) => {
      const messages: string[] = [];
      page.on("console", (m) => ["error", "warning"].includes(m.type()) && messages.push(`${page.url()}: ${m.text()}`));
      page.on("pageerror", (e) => messages.push(`${page.url()}: ${e.message}`));
      await use();
      // The browser logs a page that does not exist, is not allowed or cannot be reached as a failed load; tests request these.
      // A provider's own page may request an external font; ours request nothing external.
      expect(messages.filter((s) => !/status of 4(0[1349]|22)/.test(s) && !s.includes("ERR_NAME_NOT_RESOLVED") && !s.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

const hoursEast = 12 - new Date().getUTCHours();
/** The time zone in which it is noon: there, today stays today for as long as a test takes, at whatever hour it runs. */
export const NOON_ZONE = hoursEast ? `Etc/GMT${hoursEast > 0 ? "-" : "+"}${Math.abs(hoursEast)}` : "Etc/UTC";
/** A day so many days from today in that zone. */
export const dayAtNoon = (from = 0) => new Date(Date.now() + hoursEast * 3_600_000 + from * 86_400_000).toISOString().slice(0, 10);

let accounts = 0;
/** A new account, signed in, at home: the onboarding, which it is led to once, is not begun. */
export async function register(page: Page, name = "Kim"): Promise<{ email: string; password: string }> {
  const account = await registerOnly(page, name);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
  return account;
}

/** A new account, signed in, where registration leads: the first step of the onboarding. */
export async function registerOnly(page: Page, name = "Kim"): Promise<{ email: string; password: string }> {
  const account = { email: `kim-${process.pid}-${Date.now()}-${accounts++}@example.org`, password: "correct horse battery" };
  await page.goto("/register");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What brings you here?");
  return account;
}

export async function signIn(page: Page, account = DEMO) {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/");
}

/** Opens a page and waits until it is hydrated. */
export async function gotoHydrated(page: Page, path: string) {
  await page.goto(path);
  await page.waitForSelector("html[data-ready]");
}

/** The newest email to an address whose text contains `text`, once there are at least `count` of them. */
export async function latestEmail(to: string, text: string, count = 1): Promise<string> {
  const folder = process.env.LEGWORK_MAIL ?? "data/mail";
  let found = "";
  await expect(() => {
    const emails = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".eml"))
      .map((name) => ({ at: statSync(join(folder, name)).mtimeMs, body: readFileSync(join(folder, name), "utf8").replaceAll("=\r\n", "").replaceAll("=3D", "=") }))
      .filter(({ body }) => body.includes(`To: ${to}`) && body.includes(text))
      .sort((a, b) => a.at - b.at);
    expect(emails.length).toBeGreaterThanOrEqual(count);
    found = emails.at(-1)?.body ?? "";
  }).toPass({ timeout: 10_000 });
  return found;
}

/** The link in an email, as a path on whatever host the test uses. */
export function link(text: string): string {
  const { pathname, search } = new URL(/https?:\/\/\S+token=[0-9a-f]+/.exec(text)?.[0] ?? "");
  return pathname + search;
}

/** Confirms the address of the signed-in account: second factors, passkeys, linked accounts and API tokens require it. */
export async function confirmAddress(page: Page, account: { email: string }) {
  await page.goto(link(await latestEmail(account.email, "/verify-email?")));
  await page.getByRole("button", { name: "Yes, it is mine" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you. The address is confirmed.");
}

/** Makes a confirmed account an owner of the site, by the server's command line. */
export function grantOwner(account: { email: string }) {
  execFileSync(process.env.LEGWORK_SERVER ?? "", ["admin", "grant-owner", account.email], { env: { ...process.env, DATABASE_URL: undefined } });
}

export async function expectAccessible(page: Page) {
  // Not during hydration: title and regions are still changing then.
  await page.waitForSelector("html[data-ready]");
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`)).toEqual([]);
}

/** A GPX of `minutes` at a steady pace with a heart rate, as a service would export it. */
export function gpx(start: string, minutes = 20): Buffer {
  const first = Date.parse(start);
  const points = Array.from({ length: minutes * 12 + 1 }, (_, i) => {
    const time = new Date(first + i * 5000).toISOString();
    const lat = 55.9 + i * 0.00013;
    return `<trkpt lat="${lat.toFixed(6)}" lon="3.2"><ele>${(20 + 10 * Math.sin(i / 20)).toFixed(1)}</ele><time>${time}</time><extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>${140 + Math.round(5 * Math.sin(i / 9))}</gpxtpx:hr></gpxtpx:TrackPointExtension></extensions></trkpt>`;
  });
  return Buffer.from(`<?xml version="1.0"?><gpx version="1.1" creator="Legwork tests" xmlns:gpxtpx="x"><trk><name>Test run</name><type>running</type><trkseg>${points.join("")}</trkseg></trk></gpx>`);
}

/** The TOTP code of a secret, `ahead` time steps of 30 s from now. */
function code(secret: string, ahead = 0): string {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function addAuthenticator(page: Page): Promise<{ secret: string; codes: string[] }> {
  await gotoHydrated(page, "/settings/security");
  await page.getByRole("button", { name: "Add an authenticator app" }).click();
  const secret = (await page.locator("code.secret").textContent()) ?? "";
  await page.getByRole("textbox", { name: "Code" }).fill("000000");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("alert")).toContainText("does not match");
  await page.getByRole("textbox", { name: "Code" }).fill(code(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("heading", { name: "Recovery codes" })).toBeVisible();
  const codes = ((await page.locator("pre.secret").textContent()) ?? "").split("\n");
  expect(codes).toHaveLength(10);
  return { secret, codes };
}
