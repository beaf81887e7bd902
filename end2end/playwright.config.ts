import { defineConfig } from "@playwright/test";

// The server is started by `cargo xtask e2e`, with the synthetic athlete in it; tests that write create their own accounts.
export default defineConfig({
  testDir: "./tests",
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  outputDir: "./test-results",
  // The update test puts a newer service worker on the server; all other tests have finished by then.
  projects: [
    { name: "path", testIgnore: /update\.spec/ },
    { name: "update", testMatch: /update\.spec/, dependencies: ["path"] },
  ],
  use: {
    baseURL: process.env.LEGWORK_URL ?? "http://127.0.0.1:4100",
    launchOptions: {
      executablePath: process.env.LEGWORK_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    },
    viewport: { width: 1280, height: 900 },
    timezoneId: "Europe/Berlin",
    // Whoever prefers American English gets miles: see settings.spec.ts.
    locale: "en-GB",
    screenshot: "only-on-failure",
  },
});
