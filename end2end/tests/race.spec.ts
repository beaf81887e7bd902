import { expect, expectAccessible, gotoHydrated, gpx, register, signIn, test } from "./fixtures";

/** A planned route over a hill: `<rte>`, without times. */
const hill = (km = 10, summit = 250): Buffer => {
  const steps = km * 100;
  const points = Array.from({ length: steps + 1 }, (_, k) => {
    const height = summit * (1 - Math.abs((2 * k) / steps - 1));
    return `<rtept lat="${(50 + (k * 10) / 111_195.08).toFixed(7)}" lon="8"><ele>${height.toFixed(2)}</ele></rtept>`;
  });
  return Buffer.from(`<gpx version="1.1"><rte><name>The hill</name>${points.join("")}</rte></gpx>`);
};
const file = (buffer: Buffer, name = "hill.gpx") => ({ name, mimeType: "application/gpx+xml", buffer });

test("a course is added, planned at even effort and even pace, renamed and deleted", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/performance/race");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A target time, spread over the course.");
  await expect(page.getByText("None yet.")).toBeVisible();
  await expectAccessible(page);
  await page.getByText("Add a GPX file").click();
  await page.getByLabel("File", { exact: true }).setInputFiles(file(Buffer.from("day,sleep\n"), "days.csv.gpx"));
  await page.getByRole("button", { name: "Add the course" }).click();
  await expect(page.getByText("This is no GPX file")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("File", { exact: true }).setInputFiles(file(hill()));
  await page.getByRole("button", { name: "Add the course" }).click();
  await expect(page.getByText("The course is kept.")).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  // Nothing was run yet: the target is typed.
  await expect(page.getByText("need a recorded run of three kilometres or more")).toBeVisible();
  await page.getByLabel("Target time").fill("soon");
  await page.getByRole("button", { name: "Plan it" }).click();
  await expect(page.getByText("A time such as 1:36:00")).toBeVisible();
  await page.getByLabel("Target time").fill("50:00");
  await page.getByLabel("Splits", { exact: true }).selectOption("5km");
  await page.getByRole("button", { name: "Plan it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The hill in 50:00.");
  await expect(page.getByText(/The course costs \d+:\d\d more than a flat one/)).toBeVisible();
  const splits = page.locator(".race-splits tbody tr");
  await expect(splits).toHaveCount(2);
  await expect(splits.last()).toContainText("Finish");
  await expect(splits.last()).toContainText("50:00");
  await expect(page.getByRole("img", { name: "Altitude along the course" })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Pace of the plan along the course/ })).toBeVisible();
  await expectAccessible(page);
  const planned = page.url();
  expect(planned).toContain("target=50");
  await page.getByLabel("Spread by").selectOption("pace");
  await page.getByRole("button", { name: "Plan it" }).click();
  await expect(splits.first()).toContainText("25:00");
  await expect(page.getByText("The pace is the same all the way.")).toBeVisible();
  // The address has the whole question.
  await page.goBack();
  await expect(page).toHaveURL(planned);
  await expect(page.getByRole("heading", { name: "At an even effort" })).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await page.getByText("Rename or delete").click();
  await page.locator(".course-list").getByRole("textbox", { name: "Name" }).fill("Berg");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("link", { name: "Berg", exact: true })).toBeVisible();
  await page.waitForSelector("html[data-ready]");
  await page.getByText("Rename or delete").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByText("Deleted. Settings, History can bring it back.")).toBeVisible();
  await expect(page.getByText("None yet.")).toBeVisible();
  // A bookmark of a course that is gone says so.
  await gotoHydrated(page, planned);
  await expect(page.getByText("This course is gone. Choose another one.")).toBeVisible();
  await expectAccessible(page);
});

test("a target is proposed from what was run, and taken over by a link", async ({ page }) => {
  await signIn(page);
  await gotoHydrated(page, "/performance");
  await page.getByRole("link", { name: "half marathon", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Half marathon in");
  await expect(page.getByText("This is what your last 90 days predict.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: /^Fast end of the range: plan/ }).click();
  await expect(page).toHaveURL(/target=\d:\d\d:\d\d/);
  await expect(page.getByRole("link", { name: /^Fast end of the range: plan/ })).toHaveAttribute("aria-current", "true");
  await page.getByText("The efforts behind it").click();
  await expect(page.locator("details[open] li a").first()).toHaveAttribute("href", /\/activities\//);
  await gotoHydrated(page, "/performance/race?on=other&far=12,5&target=1:00:00&by=5km");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("12.50");
  await expect(page.locator(".race-splits tbody tr")).toHaveCount(3);
});

test("the route of an own run becomes a course", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles({ name: "run.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity");
  await page.getByRole("link", { name: "run.gpx", exact: true }).click();
  await page.getByRole("link", { name: "Plan a race on this route" }).click();
  await expect(page.getByLabel("Run", { exact: true })).toBeVisible();
  await page.getByLabel("Name of the course").fill("Lake");
  await page.getByRole("button", { name: "Keep as a course" }).click();
  await expect(page.getByText("The course is kept.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Lake", exact: true })).toBeVisible();
  await page.getByLabel("Target time").fill("30:00");
  await page.getByRole("button", { name: "Plan it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Lake in 30:00.");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("a file is added and planned by forms alone, and prints as a wristband", async ({ page }) => {
    await register(page);
    await page.goto("/performance/race");
    await page.getByText("Add a GPX file").click();
    await page.getByLabel("File", { exact: true }).setInputFiles(file(hill(5, 60)));
    await page.getByRole("button", { name: "Add the course" }).click();
    await page.getByLabel("Target time").fill("25:00");
    await page.getByRole("button", { name: "Plan it" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The hill in 25:00.");
    await page.emulateMedia({ media: "print" });
    await expect(page.locator(".race-form")).toBeHidden();
    await expect(page.getByRole("navigation").first()).toBeHidden();
    const width = await page.locator(".race-splits").evaluate((table) => table.getBoundingClientRect().width);
    expect(width).toBeLessThan(230);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true });
  test("the plan fits", async ({ page }) => {
    await signIn(page);
    await gotoHydrated(page, "/performance/race?on=42195");
    await expect(page.locator(".race-splits tbody tr")).toHaveCount(43);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });
});
