// Text that tries to be markup is entered into every field, file name and imported name, and found as text on every page, in emails and
// in exports.
import { crc32 } from "node:zlib";
import type { Page } from "@playwright/test";
import { addAuthenticator, confirmAddress, expect, gpx, latestEmail, gotoHydrated, register, test } from "./fixtures";

const WORST = `</title></textarea></script>"><img src=x onerror=alert(1)>`;
const LONG = `\n${WORST}</form><form id=injected method=post action=/sign-out><button>x</button></form><meta http-equiv=refresh content="0;url=/welcome"><style>body{display:none}</style>&lt;&amp;`;
const IMPORTED = `${WORST} from a GPX`;
// A browser writes a double quote of a file name as %22.
const FILE = `'><img src=x onerror=alert(1)>&lt;.gpx`;
const LISTED = `${WORST} from a list`;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const named = (name: string, start: string) => Buffer.from(gpx(start).toString().replace("<name>Test run</name>", `<name>${escaped(name)}</name>`));

/** A zip of uncompressed files. */
function zip(files: [string, Buffer][]): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt32LE(crc32(content), 10);
    fixed.writeUInt32LE(content.length, 14);
    fixed.writeUInt32LE(content.length, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04"), fixed, Buffer.from(name), content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), fixed, rest, Buffer.from(name)]));
    entries.push(entry);
    at += entry.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...entries, ...directory, Buffer.from("PK\x05\x06"), end]);
}

/** Nothing that was entered became markup, before and after hydration. */
async function nothingInjected(page: Page) {
  await page.waitForSelector("html[data-ready]");
  expect(await page.locator("img[src=x], #injected, body meta, body style, [onerror]").count(), page.url()).toBe(0);
}

async function checkPage(page: Page, path: string, ...texts: string[]) {
  const html = await (await page.request.get(path)).text();
  expect(html.includes("<img src=x"), `${path} as it was sent`).toBe(false);
  expect(html.split("</title>").length, `${path} has one title`).toBe(2);
  await gotoHydrated(page, path);
  await nothingInjected(page);
  expect(new URL(page.url()).pathname).toBe(path.split("?")[0]);
  for (const text of texts) await expect(page.locator("main")).toContainText(text);
}

async function importFile(page: Page, name: string, buffer: Buffer, count: string) {
  await gotoHydrated(page, "/imports");
  await page.getByLabel("Choose files").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(count);
  await nothingInjected(page);
  return new URL(page.url()).pathname;
}

test("text stays text on every page", async ({ page, browser, baseURL }) => {
  test.setTimeout(180_000);
  page.on("dialog", () => expect("a script ran").toBe(""));
  const account = await register(page, WORST);
  const everybody = { training: "everybody", map: "everybody", heart_rate: "everybody" };
  const sameOrigin = { "sec-fetch-site": "same-origin" };
  await page.request.post("/settings/sharing", { form: everybody, headers: sameOrigin });

  await page.request.post("/journal/2026-05-03", { form: { note: LONG, sleep_hours: "7" }, headers: sameOrigin });
  await checkPage(page, "/journal/2026-05-03");
  await expect(page.getByLabel("Note")).toHaveValue(LONG.trim());

  await gotoHydrated(page, "/activities/new");
  await page.getByLabel("Name").fill(WORST);
  await page.getByLabel("Day").fill("2026-05-04");
  await page.getByLabel("Duration").fill(WORST);
  await page.getByLabel("Description").fill(LONG);
  await page.getByRole("button", { name: "Save" }).click();
  // Refused: everything is there as it was typed, and nothing of it is in the URL.
  await expect(page.getByText("How long it took")).toBeVisible();
  await nothingInjected(page);
  await expect(page).toHaveURL("/activities/new");
  await expect(page.getByLabel("Duration")).toHaveValue(WORST);
  await expect(page.getByLabel("Description")).toHaveValue(LONG);
  await page.getByLabel("Duration").fill("45:00");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(WORST);
  await nothingInjected(page);
  await expect(page).toHaveTitle(`${WORST} · Legwork`);
  const written = new URL(page.url()).pathname;
  await checkPage(page, written, WORST);
  await checkPage(page, `${written}/edit`);
  await expect(page.getByLabel("Description")).toHaveValue(LONG.trim());
  await page.getByLabel("Shoes or bike").fill(WORST);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(written);
  await nothingInjected(page);

  const one = await importFile(page, FILE, named(IMPORTED, "2026-05-05T06:00:00Z"), "1 new activity");
  await checkPage(page, one, FILE);
  await page.getByRole("link", { name: FILE, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(IMPORTED);
  await nothingInjected(page);
  await expect(page).toHaveTitle(`${IMPORTED} · Legwork`);
  const imported = new URL(page.url()).pathname;
  await checkPage(page, imported, IMPORTED);
  const quoted = LISTED.replaceAll('"', '""');
  const list = `Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Filename\n1,"May 6, 2026, 6:00:00 AM","${quoted}",Run,"${quoted}",activities/1.gpx\n`;
  await importFile(page, `${FILE}.zip`, zip([["activities.csv", Buffer.from(list)], ["activities/1.gpx", gpx("2026-05-06T06:00:00Z")]]), "1 new activity");

  for (const path of ["/", "/activities", "/performance", "/settings/thresholds", "/discovery", "/imports", "/settings", "/settings/privacy", "/settings/security", "/settings/history"]) await checkPage(page, path);
  await checkPage(page, "/activities", WORST, IMPORTED, LISTED);
  await checkPage(page, "/settings/history");

  // Text from the URL, and from a file that is only previewed.
  const query = encodeURIComponent(LONG);
  for (const path of ["/journal/2026-05-07?refused=1&note=", "/activities/new?refused=1&description=", "/reauthenticate?next=", "/invitations/accept?token=", "/organisations?wrong=", "/discovery?outcome=", "/journal/import?file="]) await checkPage(page, path + query);
  await gotoHydrated(page, "/journal/import");
  const table = `date,${`"${WORST.replaceAll('"', '""')}"`},sleep\n2026-05-03,"${WORST.replaceAll('"', '""')}",7\nnot a day,${"x"},7\n`;
  await page.getByLabel("Choose a table").setInputFiles({ name: FILE, mimeType: "text/csv", buffer: Buffer.from(table) });
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.locator("main")).toContainText(WORST);
  await nothingInjected(page);

  // An anonymous visitor with the link.
  const stranger = await (await browser.newContext({ baseURL })).newPage();
  for (const path of [written, imported]) {
    await checkPage(stranger, path.replace("/activities/", "/shared/"), path === written ? WORST : IMPORTED);
    await expect(stranger).toHaveURL(path.replace("/activities/", "/shared/"));
  }
  for (const path of ["/register?name=", "/sign-in?email=", "/reset-password?token=", "/verify-email?token="]) await checkPage(stranger, path + query);
  await stranger.context().close();

  // Exports are read by other software: each is well formed and contains the same text.
  for (const format of ["gpx", "tcx"]) {
    const answer = await page.request.get(`${imported}/export/${format}`);
    expect(answer.headers()["content-disposition"]).not.toContain("<");
    const said = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "application/xml");
      return parsed.querySelector("parsererror")?.textContent ?? parsed.documentElement.textContent;
    }, await answer.text());
    expect(said).toContain(IMPORTED);
  }

  // An organisation's name is sent in an email.
  await gotoHydrated(page, "/organisations");
  await page.getByLabel("Name").fill(WORST);
  await page.getByRole("button", { name: "Create organisation" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(WORST);
  await nothingInjected(page);
  const club = new URL(page.url()).pathname;
  await confirmAddress(page, account);
  await addAuthenticator(page);
  await checkPage(page, club, WORST);
  await page.getByLabel("Email").fill(`friend-${account.email}`);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("status").first()).toContainText("on its way");
  await nothingInjected(page);
  await checkPage(page, "/organisations", WORST);
  const sent = await latestEmail(`friend-${account.email}`, "/invitations/accept?");
  expect(sent).toContain("Content-Type: text/plain");
  expect(sent).toContain(WORST);
});
