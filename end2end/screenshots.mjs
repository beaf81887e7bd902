// Screenshots of every page at two widths and in all themes, for review: node end2end/screenshots.mjs URL FOLDER [theme…]
import { chromium } from "@playwright/test";

const [url = "http://127.0.0.1:4100", folder = "end2end/screenshots", ...wanted] = process.argv.slice(2);
const themes = wanted.length ? wanted : ["light", "dark", "contrast"];
const browser = await chromium.launch({ executablePath: process.env.LEGWORK_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] });
for (const theme of themes) {
  for (const width of [390, 1440]) {
    const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 } });
    await context.addCookies([{ name: "theme", value: theme, url }]);
    const page = await context.newPage();
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(theme, width, page.url(), m.text().slice(0, 300)));
    page.on("pageerror", (e) => console.log("pageerror", page.url(), e.message));
    const shot = async (name, path) => {
      if (path) await page.goto(url + path);
      await page.waitForSelector("html[data-ready]");
      await page.evaluate(async () => {
        for (const e of document.querySelectorAll("[data-chart]")) { e.scrollIntoView(); await new Promise((r) => setTimeout(r, 30)); }
        scrollTo(0, 0);
        await document.fonts.ready;
      });
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${folder}/${name}-${width}-${theme}.png`, fullPage: true });
    };
    await shot("welcome", "/welcome");
    await shot("sign-in", "/sign-in?notice=sign-in-expired");
    await shot("register", "/register");
    await page.goto(`${url}/sign-in`);
    await page.fill("[name=email]", "demo@legwork.example");
    await page.fill("[name=password]", "legwork-demo");
    await page.click("button[type=submit]");
    await page.waitForURL(`${url}/`);
    await shot("home");
    await shot("activities", "/activities");
    const first = await page.getAttribute("table.activities a.row-link", "href");
    await shot("activity", first);
    await shot("journal", "/journal");
    await shot("journal-import", "/journal/import");
    await shot("discovery", "/discovery");
    await shot("ground-truth", "/demo/ground-truth");
    await shot("import", "/imports");
    const latest = await page.getAttribute("table a.row-link", "href");
    await shot("import-files", latest);
    for (const step of ["goals", "import", "availability", "body", "thresholds", "questions", "done"]) await shot(`welcome-${step}`, `/welcome/${step}`);
    for (const name of ["settings", "units", "thresholds", "security", "privacy", "history"]) await shot(name, name === "settings" ? "/settings" : `/settings/${name}`);
    await shot("measures", "/journal/measures");
    await shot("nutrition", "/nutrition");
    await shot("performance", "/performance");
    if (width === 390) {
      await page.getByRole("button", { name: "More" }).click();
      await shot("more");
      await page.keyboard.press("Escape");
    }
    await shot("not-found", "/nothing-here");
    await context.close();
  }
}
await browser.close();
