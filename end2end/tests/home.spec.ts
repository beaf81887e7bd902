import { expect, expectAccessible, gotoHydrated, register, signIn, test } from "./fixtures";

test("home opens with the one thing worth knowing", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/efficient/);
  for (const card of ["Efficiency", "Last activity", "This week", "Form", "Today"]) await expect(page.getByRole("heading", { name: card, exact: true })).toBeVisible();
  await expect(page.locator("article.finding")).toBeVisible();
  await expectAccessible(page);
});

for (const width of [1440, 390]) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height: 844 }, hasTouch: width < 800 });

    test("home says what changed since last week, and imports are a tap away", async ({ page }) => {
      await signIn(page);
      await gotoHydrated(page, "/");
      const since = page.locator("section.since");
      await expect(since.getByRole("heading", { name: "Since last week" })).toBeVisible();
      await expect(since).toContainText(/Fitness \d+, (as it was|\d+ (more|less) than then)\./);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await page.getByRole("main").getByRole("link", { name: "Import runs" }).click();
      await expect(page).toHaveURL("/imports");
    });

    test("a run opens from its dot in the trend, and from the list behind it", async ({ page }) => {
      await signIn(page);
      await gotoHydrated(page, "/");
      const trend = page.locator("section.trend");
      const link = trend.locator("a[data-at]").first();
      const [left, top] = ((await link.getAttribute("data-at")) ?? "").split(" ").map(Number);
      const area = trend.locator(".plot-area");
      const box = await area.boundingBox();
      const position = { x: ((box?.width ?? 0) * left) / 100 - 1, y: ((box?.height ?? 0) * top) / 100 };
      if (width < 800) await area.tap({ position });
      else await area.click({ position });
      await expect(page).toHaveURL(/\/activities\/[0-9a-f-]{36}$/);
      await gotoHydrated(page, "/");
      await trend.getByText("The runs behind it").focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      await expect(link).toBeFocused();
      await expectAccessible(page);
      const href = (await link.getAttribute("href")) ?? "";
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(href);
    });
  });
}

test("the next session of the plan is on home, and nothing is where there is no plan", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/");
  const next = page.locator(".next-session");
  await expect(next.getByRole("heading", { name: "Next in the plan" })).toBeVisible();
  await next.locator(".row-link").click();
  await expect(page).toHaveURL(/\/plan\/[0-9a-f-]{36}$/);
  await page.context().clearCookies();
  await register(page);
  await gotoHydrated(page, "/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator(".next-session")).toHaveCount(0);
});

test("an empty home shows the next step and nothing else", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/");
  await expect(page.getByText("Drop a file anywhere, or the whole Strava export.")).toBeVisible();
  await expectAccessible(page);
});

test("every theme keeps its contrast", async ({ page, context, baseURL }) => {
  await signIn(page);
  for (const theme of ["dark", "contrast"]) {
    await context.addCookies([{ name: "theme", value: theme, url: baseURL ?? "" }]);
    for (const path of ["/", "/activities", "/calendar", "/calendar?week=2026-11-23", "/gear", "/journal", "/discovery"]) {
      await gotoHydrated(page, path);
      await expectAccessible(page);
    }
  }
});

test("a phone has five tabs and nothing wider than itself", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page);
  const tabs = page.getByRole("navigation", { name: "Main" });
  await expect(tabs.getByRole("link")).toHaveCount(4);
  // The fifth opens everything else, and closes when a link leads on.
  await gotoHydrated(page, "/");
  await tabs.getByRole("button", { name: "More" }).click();
  const more = page.getByRole("navigation", { name: "More" });
  await expect(more.getByRole("link")).toHaveText(["Fitness", "Calendar", "Nutrition", "Import", "Planted effects", "Settings"]);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(more).toBeHidden();
  await tabs.getByRole("button", { name: "More" }).click();
  await more.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("You, and how you like it");
  await expect(more).toBeHidden();
  // Importing is one tap from home and from the list.
  for (const path of ["/", "/activities"]) {
    await gotoHydrated(page, path);
    await page.getByRole("main").getByRole("link", { name: /^Import( runs)?$/ }).click();
    await expect(page).toHaveURL("/imports");
  }
  for (const path of ["/", "/activities", "/calendar", "/calendar?week=2026-11-23", "/gear", "/journal", "/discovery", "/imports", "/settings", "/settings/security", "/settings/privacy", "/organisations", "/settings/history", "/settings/units", "/settings/thresholds", "/journal/measures", "/nutrition", "/demo/ground-truth", "/journal/import"]) {
    await gotoHydrated(page, path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, path).toBeLessThanOrEqual(0);
  }
  await gotoHydrated(page, "/activities");
  await page.locator("table.acts a.row-link").first().click();
  await expect(page.locator(".stats").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test("the keyboard reaches the content first", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});
