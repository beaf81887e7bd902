import { expect, gpx, expectAccessible, gotoHydrated, register, test } from "./fixtures";

const files = [
  { name: "run.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") },
  { name: "same-again.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-03T06:00:00Z") },
  { name: "cut.gpx", mimeType: "application/gpx+xml", buffer: gpx("2026-05-05T06:00:00Z").subarray(0, 30_000) },
  { name: "holiday.jpg", mimeType: "image/jpeg", buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0]) },
];

test("files are imported, each with its row, and the whole import can be undone", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/imports");
  await expectAccessible(page);
  await page.getByLabel("Choose files").setInputFiles(files);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("2 new activities out of 4 files");
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  await expect(row("run.gpx").first()).toContainText("imported");
  await expect(row("same-again.gpx")).toContainText("duplicate");
  await expect(row("cut.gpx")).toContainText("ended early");
  await expect(row("holiday.jpg")).toContainText("not a FIT, GPX or TCX");
  await page.waitForSelector("html[data-ready]");
  await expectAccessible(page);

  await page.getByRole("link", { name: "run.gpx", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Test run");
  await page.goBack();
  await page.getByRole("button", { name: "Undo this import" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Undone");
  await page.goto("/activities");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
});

test("a folder dropped on any page is imported", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/journal");
  const content = gpx("2026-05-07T06:00:00Z").toString();
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "dropped.gpx"));
    return transfer;
  }, content);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await expect(page.getByText("Drop it. Files, folders, whole exports.")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await expect(page).toHaveURL(/\/imports\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity out of 1 file");
});

test("a large file goes on where the connection broke", async ({ page }) => {
  await register(page);
  await gotoHydrated(page, "/imports");
  let broken = 0;
  const offsets: string[] = [];
  await page.route("**/v1/uploads/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    offsets.push(new URL(route.request().url()).searchParams.get("offset") ?? "");
    if (broken++ === 1) return route.abort("internetdisconnected");
    await route.continue();
  });
  const large = Buffer.concat([gpx("2026-05-11T06:00:00Z"), Buffer.alloc(20 << 20, " ")]);
  await page.getByLabel("Choose files").setInputFiles([{ name: "large.gpx", mimeType: "application/gpx+xml", buffer: large }]);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("Waiting for the connection: large.gpx")).toBeVisible();
  await expect(page).toHaveURL(/\/imports\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 new activity out of 1 file");
  expect(offsets).toEqual(["0", String(16 << 20), String(16 << 20)]);
});

test("an aborted upload leaves a row or nothing, never half an activity", async ({ page, request, context }) => {
  await register(page);
  const cookies = (await context.cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  const boundary = "cut";
  const body = Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="half.gpx"\r\n\r\n`), gpx("2026-05-09T06:00:00Z").subarray(0, 5000)]);
  const response = await request.post("/imports/upload", { headers: { cookie: cookies, "content-type": `multipart/form-data; boundary=${boundary}` }, data: body, maxRedirects: 0 });
  expect(response.status()).toBe(422);
  await page.goto("/activities");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No runs yet.");
});
