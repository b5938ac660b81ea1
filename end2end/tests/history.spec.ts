import type { Page } from "@playwright/test";
import { accessible, alive, expect, test } from "../support/test";
import { here } from "../support/acts";
import type { Server } from "../support/server";

const fleet = `${here}/fleets/finance-desktop`;

/** Lets so many minutes pass, each of them recorded by the console. */
async function pass(page: Page, server: Server, minutes: number): Promise<void> {
  const recorded = async () => (await (await page.request.get(`${server.url}/history/capacity.csv?fleet=finance-desktop&range=1h`)).text()).trim().split("\n").length;
  for (let n = 0; n < minutes; n++) {
    const before = await recorded();
    await server.control("POST", "clock", { advance_seconds: 60 });
    // An act on a fleet makes the console ask about fleets at once.
    await page.request.post(`${server.url}/api/fleet/start`, { form: { "form[name]": "training-lab" }, headers: { origin: server.url, accept: "application/json" } });
    await expect.poll(recorded, { timeout: 30_000 }).toBeGreaterThan(before);
  }
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("a fleet's past is a picture, its ranges are links, and there is a table", async ({ signedIn: page, server }) => {
    await pass(page, server, 3);
    await page.goto(`${server.url}${fleet}?range=1h`);
    await expect(page.getByRole("img", { name: /^Seats of finance-desktop in the last hour/ }).first()).toBeVisible();
    await page.getByRole("link", { name: "Table", exact: true }).click();
    expect(await page.getByRole("table", { name: "Seats over time" }).getByRole("row").count()).toBeGreaterThan(3);
    await page.getByRole("link", { name: "30 d" }).click();
    await expect(page).toHaveURL(/range=30d/);
  });
});

test("a fleet's past is read point by point, by keys", async ({ signedIn: page, server }) => {
  await pass(page, server, 3);
  await page.goto(`${server.url}${fleet}?range=1h`);
  const chart = page.getByRole("img", { name: /^Seats of finance-desktop in the last hour/ }).first();
  await expect(chart).toBeVisible();
  await alive(page);
  const reader = page.getByRole("slider", { name: /Seats over time/ }).first();
  await reader.focus();
  await page.keyboard.press("End");
  await expect(reader).toHaveAttribute("aria-valuetext", /\d\d:\d\d UTC, In use \d+/);
  const last = await reader.getAttribute("aria-valuetext");
  await page.keyboard.press("ArrowLeft");
  await expect(reader).not.toHaveAttribute("aria-valuetext", last ?? "");
  await page.keyboard.press("Escape");
  await expect(reader).toHaveAttribute("aria-valuetext", "no point chosen");
  await accessible(page);
  await page.getByRole("link", { name: "Table", exact: true }).click();
  await expect(page.getByRole("table", { name: "Seats over time" }).getByRole("row")).not.toHaveCount(1);
  await page.getByRole("link", { name: "7 d" }).click();
  await expect(page).toHaveURL(/range=7d/);
});

test("past sessions: who ended, how long they lasted, and all of it as a file", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/sessions`);
  await alive(page);
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("heading", { name: "How long they lasted" })).toBeVisible();
  await accessible(page);
  await page.getByRole("combobox", { name: "Fleet" }).selectOption("finance-desktop");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/fleet=finance-desktop/);
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  expect((await file).suggestedFilename()).toMatch(/^sessions-finance-desktop-24h-.*\.csv$/);
});
