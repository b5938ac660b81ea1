import { accessible, alive, expect, test } from "../support/test";
import { here } from "../support/acts";

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("an act is found by a filter, told in full, and had as a file", async ({ signedIn: page, server }) => {
    await page.goto(`${server.url}${here}/fleets/training-lab`);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.goto(`${server.url}/audit`);
    await page.getByLabel("Act", { exact: true }).fill("fleet/start");
    await page.getByLabel("Outcome").selectOption("Done");
    await page.getByRole("button", { name: "Show" }).click();
    const table = page.getByRole("region", { name: "Acts" }).getByRole("table");
    await expect(table.getByRole("row")).toHaveCount(2);
    await expect(table.getByRole("row").nth(1)).toContainText("fleets/training-lab");
    await table.getByRole("link", { name: "fleet/start" }).click();
    await expect(page.getByRole("region", { name: "Calls" })).toContainText("StartFleet");
    const csv = await (await page.request.get(`${server.url}/audit/records.csv?action=fleet/start`)).text();
    expect(csv.trim().split("\n")).toHaveLength(3);
  });
});

test("the audit is read with scripts as well, and is accessible", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  await page.getByRole("link", { name: "Audit" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await page.getByRole("link", { name: "sign-in" }).first().click();
  await expect(page.getByRole("heading", { name: /^Record \d+: sign-in/ })).toBeVisible();
  await accessible(page);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^audit-.*\.csv$/);
});
