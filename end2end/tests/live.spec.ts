import { alive, accessible, expect, test } from "../support/test";

test("when the server is lost the page keeps its rows, says of when they are, and comes back by itself", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/sessions`);
  await alive(page);
  await expect(page.getByText(/\d+ of \d+ stack–fleet pairs read/).last()).toBeVisible();
  const [rows, counts] = [await page.getByRole("rowheader").count(), page.getByRole("link", { name: /^Sessions/ }).first()];
  const told = await counts.textContent();
  await server.kill();
  const bar = page.getByRole("status").filter({ hasText: "Showing data from" });
  await expect(bar).toContainText(/Showing data from \d\d:\d\d:\d\d, trying again (in \d+ s|now)/);
  await expect(bar).toContainText(/trying again in [4-8] s/, { timeout: 20_000 });
  await accessible(page);
  expect(await page.getByRole("rowheader").count()).toBe(rows);
  expect(await counts.textContent()).toBe(told);
  await server.revive();
  await expect(bar).toBeHidden({ timeout: 30_000 });
  expect(await page.getByRole("rowheader").count(), "nothing flips to empty").toBeGreaterThan(rows / 2);
  await expect(page.getByText(/^Live · updated/)).toBeVisible({ timeout: 30_000 });
});

test("a hidden tab gives its connection back after a while and goes on where it was", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  const hide = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
  const closed = page.waitForEvent("requestfailed", { predicate: (r) => r.url().includes("/api/live"), timeout: 40_000 });
  const began = Date.now();
  await hide(true);
  await closed;
  expect(Date.now() - began, "not at once").toBeGreaterThan(15_000);
  await server.control("POST", "clock", { advance_seconds: 1 });
  const again = page.waitForRequest((r) => r.url().includes("/api/live"));
  await hide(false);
  expect((await again).url(), "only what was missed").toContain("after=");
  await expect(page.getByText(/^Live · updated/)).toBeVisible({ timeout: 20_000 });
});

test("a throttling AWS and a pair that cannot be read are told in the data age", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/sessions`);
  await alive(page);
  await server.control("POST", "faults", { operation: "DescribeFleets", error: "ThrottlingException", status: 400, count: 1 });
  await server.control("POST", "faults", { operation: "DescribeSessions", error: "InvalidParameterCombinationException", status: 400, count: 1 });
  const age = page.locator("summary.live");
  await expect(age).toContainText("slowed by AWS", { timeout: 40_000 });
  await age.click();
  await expect(page.getByText(/Slowed by AWS: \d+ calls a minute instead of 240/)).toBeVisible();
  await expect(page.getByText(/\d+ of \d+ stack–fleet pairs read/).first()).toBeVisible();
  await accessible(page);
});

test("when AWS does not answer, the old rows stay and are called old", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  await server.control("POST", "faults", { operation: "*", error: "AccessDeniedException", status: 400, message: "Denied by a policy." });
  await page.getByRole("link", { name: "training-lab" }).click();
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("alert")).toContainText(/permission|not allowed|denied/i);
  await accessible(page);
  await page.getByRole("link", { name: "Fleets", exact: true }).first().click();
  await expect(page.getByText(/of 3 live · oldest/)).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "The console cannot read" })).toContainText(/Trying again in/);
  await accessible(page);
  await server.control("DELETE", "faults");
  await expect(page.getByText(/^Live · updated/)).toBeVisible({ timeout: 40_000 });
});

test("pausing stops the changes and says so; resuming brings them", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  await page.getByText(/^Live · updated/).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/Paused by you since/)).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).first().click();
  await expect(page.getByText(/Paused by you since/)).toBeHidden();
  await expect(page.getByText(/^Live · updated/)).toBeVisible();
});
