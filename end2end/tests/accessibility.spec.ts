// Every page, for an athlete with years of runs, for one with nothing yet, and for anonymous visitors: no axe violation in any theme,
// nothing wider than the screen, and the keyboard reaches everything visible.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

const ANONYMOUS = ["/welcome", "/sign-in", "/register", "/privacy", "/forgot-password", "/shared/01900000-0000-7000-8000-000000000001"];
const SIGNED_IN = [
  "/", "/activities", "/activities/new", "/performance", "/settings/thresholds", "/discovery", "/journal", "/journal/import", "/imports",
  "/settings", "/settings/security", "/settings/privacy", "/settings/history", "/organisations", "/reauthenticate", "/nothing-here",
];

/** Walks through the page with Tab; every stop has a visible focus indicator. */
async function tabThrough(page: Page, path: string) {
  const wanted = await page.evaluate(() => {
    const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll<HTMLElement>(focusable)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !(e as HTMLButtonElement).disabled).length;
  });
  let reached = 0;
  for (let i = 0; i < Math.min(wanted + 5, 150); i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      // A radio button shows its focus on the label, a chart on itself.
      const marks = [e, e.closest("label"), e.parentElement].map((x) => x && getComputedStyle(x)).filter((s) => s !== null);
      const marked = marks.some((s) => s && ((s.outlineStyle !== "none" && s.outlineWidth !== "0px") || s.boxShadow !== "none"));
      return { marked, what: e.outerHTML.slice(0, 120) };
    });
    if (stop === null) break;
    reached += 1;
    expect(stop.marked, `${path}: no mark on ${stop.what}`).toBe(true);
  }
  expect(reached, `${path}: ${reached} of ${wanted} reached`).toBeGreaterThan(0);
}

async function checkPage(page: Page, path: string) {
  for (const width of [360, 390, 1440]) {
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

test("anonymous pages", async ({ page }) => {
  test.setTimeout(180_000);
  for (const path of ANONYMOUS) await checkPage(page, path);
});

test("with years of runs", async ({ page }) => {
  test.setTimeout(400_000);
  await signIn(page);
  const activity = await page.request.get("/activities").then(async (r) => /\/activities\/[0-9a-f-]{36}/.exec(await r.text())?.[0] ?? "");
  for (const path of [...SIGNED_IN, "/demo/ground-truth", activity, `${activity}/edit`, activity.replace("/activities", "/shared")]) await checkPage(page, path);
});

test("with nothing yet", async ({ page }) => {
  test.setTimeout(400_000);
  await register(page);
  for (const path of SIGNED_IN) await checkPage(page, path);
});
