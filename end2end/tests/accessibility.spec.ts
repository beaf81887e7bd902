// Every page, for an athlete with years of runs, for one with nothing yet, for anonymous visitors and for who runs the site.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { addAuthenticator, confirmAddress, expect, gotoHydrated, grantOwner, register, signIn, test } from "./fixtures";
import { checkPage } from "./walk";

/** Every page of the features, from `pages!` in their `mod.rs`. */
const PAGES = (() => {
  const app = join(__dirname, "../../app/src");
  const sources = readdirSync(app, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("mod.rs"));
  const declared = (name: string) => [...readFileSync(join(app, name), "utf8").matchAll(/^ *"(\/[^"]*)" => [A-Z]\w*, Access::(\w+)/gm)];
  return sources.flatMap(declared).map(([, path, access]) => ({ path, access }));
})();
/** Those without parameters, for one of these. */
const pagesFor = (...access: string[]) => PAGES.filter((page) => access.includes(page.access) && !page.path.includes(":")).map((page) => page.path);

/** Opened by a link with a token; that one of ours is not valid shows what most of them say. */
const BY_LINK = ["/reset-password", "/verify-email", "/confirm-email-change", "/invitations/accept"];
const arrive = (path: string) => (BY_LINK.includes(path) ? `${path}?token=00` : path);

/** The address of a link whose path has an id after `prefix`, in the HTML of a page. */
async function linked(page: Page, from: string, prefix: string): Promise<string> {
  const html = await page.request.get(from).then((response) => response.text());
  const path = new RegExp(`${prefix}/[0-9a-f-]{36}`).exec(html)?.[0];
  expect(path, `${from} has a link to ${prefix}/…`).toBeDefined();
  return path ?? "";
}

test("every page is walked, or named where a test walks it", () => {
  expect(PAGES.length).toBeGreaterThan(30);
  const specs = readdirSync(__dirname).filter((name) => name.endsWith(".spec.ts")).map((name) => readFileSync(join(__dirname, name), "utf8"));
  const named = new Set(specs.flatMap((spec) => [...spec.matchAll(/checkPage\([^;\n]*"(\/[^"]*)"\);/g)].map(([, path]) => path)));
  const walked = new Set(pagesFor("SignedOut", "Public", "Athlete", "Staff"));
  expect(PAGES.map((page) => page.path).filter((path) => !walked.has(path) && !named.has(path))).toEqual([]);
});

test("anonymous pages", async ({ page }) => {
  test.setTimeout(240_000);
  for (const path of pagesFor("SignedOut", "Public")) await checkPage(page, arrive(path));
  await checkPage(page, "/shared/01900000-0000-7000-8000-000000000001", "/shared/:activity");
});

test("with years of runs", async ({ page }) => {
  test.setTimeout(400_000);
  await signIn(page);
  for (const path of ["/", ...pagesFor("Athlete"), "/nothing-here"]) await checkPage(page, arrive(path));
});

test("what years of runs consist of", async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page);
  const activity = await linked(page, "/activities", "/activities");
  const athlete = await page.request.get("/v1/me").then(async (response) => `/athletes/${(await response.json()).id}`);
  const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
  await checkPage(page, activity, "/activities/:activity");
  await checkPage(page, `${activity}/edit`, "/activities/:activity/edit");
  await checkPage(page, activity.replace("/activities", "/shared"), "/shared/:activity");
  await checkPage(page, athlete, "/athletes/:athlete");
  await checkPage(page, `/journal/${day}`, "/journal/:day");
  await checkPage(page, await linked(page, "/imports", "/imports"), "/imports/:import");
});

test("with nothing yet", async ({ page }) => {
  test.setTimeout(400_000);
  await register(page);
  for (const path of ["/", ...pagesFor("Athlete")]) await checkPage(page, arrive(path));
});

test("who runs an organisation and the site", async ({ page }) => {
  test.skip(!process.env.LEGWORK_SERVER, "needs the server's command line");
  test.setTimeout(240_000);
  const boss = await register(page, "Boss");
  await confirmAddress(page, boss);
  // A new role ends the sessions of the old one.
  grantOwner(boss);
  await signIn(page, boss);
  await addAuthenticator(page);
  await gotoHydrated(page, "/organisations");
  await page.getByLabel("Name").fill("Harriers");
  await page.getByRole("button", { name: "Create organisation" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Harriers");
  await checkPage(page, new URL(page.url()).pathname, "/organisations/:organisation");
  for (const path of pagesFor("Staff")) await checkPage(page, path);
});
