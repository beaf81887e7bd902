// A page for everybody: no axe violation in any theme, nothing wider than the screen of a small phone or of a desk, and the keyboard reaches
// everything visible.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, gotoHydrated } from "./fixtures";

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

/**
 * Checks a page of any athlete, visitor or member. A page with parameters is named by its template as well, by which the test that every page is
 * walked finds it.
 */
export async function checkPage(page: Page, path: string, template = path) {
  expect(path.split("/").length, template).toBe(template.split("/").length);
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
