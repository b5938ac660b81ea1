import { alive, accessible, expect, test } from "../support/test";

test("when the server is lost the page keeps its rows, says since when, and comes back by itself", async ({ signedIn: page, server, context }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  const rows = await page.getByRole("rowheader").count();
  await context.setOffline(true);
  await page.route("**/api/**", (route) => route.abort());
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByText(/Live updates paused since \d\d:\d\d/)).toBeVisible({ timeout: 20_000 });
  await accessible(page);
  expect(await page.getByRole("rowheader").count()).toBe(rows);
  await page.unroute("**/api/**");
  await context.setOffline(false);
  await expect(page.getByText(/Live updates paused/)).toBeHidden({ timeout: 30_000 });
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
