// Every page, for an athlete with years of runs, for one with nothing yet, and for anonymous visitors: no axe violation in any theme,
// nothing wider than the screen, and the keyboard reaches everything visible.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { addAuthenticator, confirmAddress, expect, expectAccessible, gotoHydrated, grantOwner, register, signIn, test } from "./fixtures";

const ANONYMOUS = [
  "/welcome", "/sign-in", "/register", "/privacy", "/forgot-password", "/reset-password?token=00", "/verify-email?token=00",
  "/confirm-email-change?token=00", "/shared/01900000-0000-7000-8000-000000000001",
];
const SIGNED_IN = [
  "/", "/activities", "/activities/new", "/performance", "/settings/thresholds", "/discovery", "/journal", "/journal/import", "/imports",
  "/settings", "/settings/security", "/settings/privacy", "/settings/history", "/organisations", "/reauthenticate", "/nothing-here",
];
/** Pages of what an athlete with years of runs has, by their templates; the others are found on the way. */
const OF_DATA = ["/demo/ground-truth", "/journal/:day", "/imports/:import", "/activities/:activity", "/activities/:activity/edit", "/shared/:activity", "/athletes/:athlete"];
const OF_STAFF = ["/organisations/:organisation", "/invitations/accept", "/admin/users", "/admin/audit"];
/** Has its own test in security.spec.ts, since it is a step of signing in. */
const OF_SIGN_IN = ["/sign-in/mfa"];

/** More stops than any page has. */
const MAX_STOPS = 1500;

/** Walks through the page with Tab to its end: every control is reached, and every stop has a visible focus indicator. */
async function tabThrough(page: Page, path: string) {
  const walk = await page.evaluateHandle(() => {
    const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    const groups = new Set<string>();
    const wanted = [...document.querySelectorAll<HTMLElement>(focusable)].filter((e) => {
      if (e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true }) || e.closest("[inert]") || (e as HTMLButtonElement).disabled) return false;
      if (!(e instanceof HTMLInputElement) || e.type !== "radio") return true;
      // Arrow keys move within a group: Tab stops at the chosen one, or at the first.
      const group = [...document.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${e.name}"]`)].filter((r) => r.form === e.form);
      if (groups.has(e.name)) return false;
      if (e.checked || !group.some((r) => r.checked)) {
        groups.add(e.name);
        return true;
      }
      return false;
    });
    const reached = new Set<Element>();
    const unmarked: string[] = [];
    document.addEventListener("focusin", ({ target }) => {
      const e = target as HTMLElement;
      reached.add(e);
      // A radio button shows its focus on the label, a chart on itself.
      const marks = [e, e.closest("label"), e.parentElement].map((x) => x && getComputedStyle(x));
      const marked = marks.some((s) => s && ((s.outlineStyle !== "none" && s.outlineWidth !== "0px") || s.boxShadow !== "none"));
      if (!marked) unmarked.push(e.outerHTML.slice(0, 120));
    });
    return { wanted, reached, unmarked };
  });
  let stops = 0;
  do {
    await page.keyboard.press("Tab");
    stops += 1;
  } while (stops < MAX_STOPS && (await page.evaluate(() => document.activeElement !== document.body)));
  const { missed, unmarked } = await walk.evaluate(({ wanted, reached, unmarked }) => ({
    missed: wanted.filter((e) => e.isConnected && !reached.has(e)).map((e) => e.outerHTML.slice(0, 120)),
    unmarked,
  }));
  expect(stops, `${path}: the walk does not end`).toBeLessThan(MAX_STOPS);
  expect(missed, `${path}: not reached by Tab`).toEqual([]);
  expect(unmarked, `${path}: no focus indicator`).toEqual([]);
}

async function checkPage(page: Page, path: string) {
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await gotoHydrated(page, path);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
  }
  for (const theme of ["light", "dark", "contrast"]) {
    await page.context().addCookies([{ name: "theme", value: theme, url: page.url() }]);
    await gotoHydrated(page, path);
    await expectAccessible(page);
  }
  await tabThrough(page, path);
}

/** The address of a link whose path has an id after `prefix`, in the HTML of a page. */
async function linked(page: Page, from: string, prefix: string): Promise<string> {
  const html = await page.request.get(from).then((response) => response.text());
  const path = new RegExp(`${prefix}/[0-9a-f-]{36}`).exec(html)?.[0];
  expect(path, `${from} has a link to ${prefix}/…`).toBeDefined();
  return path ?? "";
}

test("every page that there is, is walked", () => {
  const app = join(__dirname, "../../app/src");
  const sources = readdirSync(app, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("mod.rs"));
  const pages = sources.flatMap((name) => [...readFileSync(join(app, name), "utf8").matchAll(/^ *"(\/[^"]*)" => [A-Z]\w*,/gm)].map((found) => found[1]));
  expect(pages.length).toBeGreaterThan(30);
  const walked = new Set([...ANONYMOUS, ...SIGNED_IN, ...OF_DATA, ...OF_STAFF, ...OF_SIGN_IN].map((path) => path.split("?")[0]));
  expect(pages.filter((path) => !walked.has(path))).toEqual([]);
});

test("anonymous pages", async ({ page }) => {
  test.setTimeout(240_000);
  for (const path of ANONYMOUS) await checkPage(page, path);
});

test("with years of runs", async ({ page }) => {
  test.setTimeout(400_000);
  await signIn(page);
  for (const path of SIGNED_IN) await checkPage(page, path);
});

test("what years of runs consist of", async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page);
  const activity = await linked(page, "/activities", "/activities");
  const athlete = await page.request.get("/v1/me").then(async (response) => `/athletes/${(await response.json()).id}`);
  const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
  const paths = ["/demo/ground-truth", `/journal/${day}`, await linked(page, "/imports", "/imports"), activity, `${activity}/edit`, activity.replace("/activities", "/shared"), athlete];
  expect(paths.length).toBe(OF_DATA.length);
  for (const path of paths) await checkPage(page, path);
});

test("with nothing yet", async ({ page }) => {
  test.setTimeout(400_000);
  await register(page);
  for (const path of SIGNED_IN) await checkPage(page, path);
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
  const club = new URL(page.url()).pathname;
  for (const path of [club, "/invitations/accept?token=00", "/admin/users", "/admin/audit"]) await checkPage(page, path);
});
