// Every page, for an athlete with years of runs, for one with nothing yet, and for anonymous visitors: no axe violation in any theme,
// nothing wider than the screen, and the keyboard reaches everything visible.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

const ANONYMOUS = ["/welcome", "/sign-in", "/register", "/privacy", "/forgot-password", "/shared/01900000-0000-7000-8000-000000000001"];
const SIGNED_IN = [
  "/", "/activities", "/activities/new", "/performance", "/settings/thresholds", "/discovery", "/journal", "/journal/import", "/imports",
  "/settings", "/settings/security", "/settings/privacy", "/settings/history", "/organisations", "/reauthenticate", "/nothing-here",
];

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
