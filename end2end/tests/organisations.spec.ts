// Running together: an organisation, an invitation by email, and roles that see only their part.
import { addAuthenticator, confirmAddress, expect, latestEmail, expectAccessible, gotoHydrated, register, test } from "./fixtures";

const BASE = (process.env.LEGWORK_URL ?? "http://127.0.0.1:4100").replace("127.0.0.1", "localhost");
test.use({ baseURL: BASE });

test("a club invites a coach by email", async ({ page, browser }) => {
  await confirmAddress(page, await register(page, "Boss"));
  await gotoHydrated(page, "/organisations");
  await page.getByLabel("Name").fill("Harriers");
  await page.getByRole("button", { name: "Create organisation" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Harriers");
  // Running one takes a second factor.
  await expect(page.getByRole("button", { name: "Send invitation" })).toHaveCount(0);
  await expectAccessible(page);
  const club = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "add one" }).click();
  await addAuthenticator(page);
  await gotoHydrated(page, club);
  const other = await (await browser.newContext({ baseURL: BASE })).newPage();
  const coach = await register(other, "Coach");
  await page.getByLabel("Email").fill(coach.email);
  await page.getByLabel("Role").selectOption("coach");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("status").first()).toContainText("on its way");
  await expectAccessible(page);
  const link = /\/invitations\/accept\?token=[0-9a-f]+/.exec(await latestEmail(coach.email, "/invitations/accept?"))?.[0] ?? "";
  await gotoHydrated(other, link);
  await other.getByRole("button", { name: "Join" }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Harriers");
  await expect(other.getByRole("list", { name: "Members" })).toContainText("Boss");
  await expect(other.getByRole("button", { name: "Send invitation" })).toHaveCount(0);
  await expectAccessible(other);
  // The coach sees what an athlete shares, and nothing else.
  await page.request.post("/activities/new", { form: { title: "Hill repeats", sport: "running", day: "2026-05-03", time: "07:00", distance: "10", duration: "50:00", avg_hr: "151" }, headers: { "sec-fetch-site": "same-origin" } });
  await expect(other.getByRole("link", { name: "Boss" })).toHaveCount(0);
  await page.request.post("/settings/sharing", { form: { training: "organisation", map: "me", heart_rate: "me" }, headers: { "sec-fetch-site": "same-origin" } });
  await other.reload();
  await other.getByRole("link", { name: "Boss" }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Boss");
  await expect(other.getByText("Routes, altitude and heart rate are not shown to you.")).toBeVisible();
  await expectAccessible(other);
  await other.getByRole("link", { name: "Hill repeats" }).click();
  await expect(other.getByLabel("Numbers")).toContainText("10.0");
  await expect(other.locator("body")).not.toContainText("151");
  await expectAccessible(other);
  await other.goBack();
  await other.goBack();
  // The last owner cannot leave; the coach can.
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page.locator("body")).toContainText("the last owner");
  await other.getByRole("button", { name: "Leave" }).click();
  await expect(other).toHaveURL("/organisations");
  await other.close();
});
