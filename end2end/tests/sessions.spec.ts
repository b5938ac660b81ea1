import type { Page } from "@playwright/test";
import { alive, accessible, expect, test } from "../support/test";
import type { Server } from "../support/server";

async function open(page: Page, server: Server, query = ""): Promise<void> {
  await page.goto(`${server.url}/sessions${query}`);
  await alive(page);
}

/** Opens sessions on a fleet with free seats for these users. */
async function arrive(server: Server, users: string[]): Promise<void> {
  for (const user of users) {
    await server.control("POST", "sessions", { StackName: "contractors", FleetName: "contractor-vdi", UserId: user, AuthenticationType: "API" });
  }
}

test("one session is found by its user, expired, and its row moves by itself", async ({ signedIn: page, server }) => {
  await arrive(server, ["zelda.quist@halden.example"]);
  await open(page, server);
  await page.getByRole("searchbox", { name: "Filter sessions" }).fill("zelda");
  const row = page.getByRole("row", { name: /zelda\.quist/ });
  await expect(row).toContainText("Pending", { timeout: 30_000 });
  // An On-Demand instance starts for her.
  await server.advance(180);
  await expect(row).toContainText("Connected", { timeout: 30_000 });
  await row.getByRole("link", { name: "zelda.quist" }).click();
  const details = page.getByRole("complementary", { name: "Session details" });
  await expect(details).toContainText("zelda.quist@halden.example");
  await details.getByRole("link", { name: "Expire…" }).click();
  const dialog = page.getByRole("dialog", { name: "Expire 1 session?" });
  await expect(dialog).toContainText("1 person is connected and will be cut off at once.");
  await dialog.getByRole("button", { name: "Expire 1 session" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /zelda\.quist/ }).filter({ hasText: "Connected" })).toHaveCount(0);
});

test("of thirty sessions one fails: it stays selected with its reason, and expiring again ends it", async ({ signedIn: page, server }) => {
  // Nobody comes or goes meanwhile.
  await server.control("POST", "clock", { paused: true });
  await open(page, server, "?fleet=callcentre-ie&state=connected&sort=user");
  const boxes = page.getByRole("checkbox", { name: /Select session of/ });
  const before = Number((await page.getByRole("table", { name: "Sessions" }).getAttribute("aria-rowcount")) ?? 0) - 1;
  await boxes.nth(0).click();
  await boxes.nth(29).click({ modifiers: ["Shift"] });
  await server.control("DELETE", "calls");
  await page.getByRole("toolbar").getByRole("link", { name: "Expire 30 sessions…" }).click();
  const dialog = page.getByRole("dialog", { name: "Expire 30 sessions?" });
  await expect(dialog).toContainText("30 people are connected and will be cut off at once.");
  const confirm = dialog.getByRole("textbox");
  await expect(confirm).toBeFocused();
  await dialog.getByRole("button", { name: "Expire 30 sessions" }).click();
  await expect(dialog.getByRole("alert")).toContainText("expire 30");
  await server.control("POST", "faults", { operation: "ExpireSession", error: "OperationNotPermittedException", status: 400, message: "Not you.", count: 1 });
  await confirm.fill("expire 30");
  await dialog.getByRole("button", { name: "Expire 30 sessions" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "29 of 30 expired; 1 failed." })).toBeVisible();
  await accessible(page);
  await dialog.getByRole("link", { name: "Close", exact: true }).last().click();
  await expect(page.getByRole("toolbar")).toContainText("1 selected");
  await page.getByRole("toolbar").getByRole("link", { name: "Expire 1 session…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Expire 1 session" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await server.control("POST", "clock", { paused: false });
  const left = async () => Number(await page.getByRole("table", { name: "Sessions" }).getAttribute("aria-rowcount")) - 1;
  await expect.poll(left, { timeout: 20_000 }).toBeLessThan(before - 20);
  const calls = (await server.control("GET", "calls")).by_operation;
  expect(calls.ExpireSession, "one call a session, and one for the failed").toBe(31);
});

test("expiry by keys alone", async ({ signedIn: page, server }) => {
  await arrive(server, ["keys.only@halden.example"]);
  await open(page, server);
  await page.keyboard.press("/");
  await page.keyboard.type("keys.only");
  await expect(page.getByRole("row", { name: /keys\.only/ })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByRole("checkbox", { name: /keys\.only/ })).toBeChecked();
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Expire 1 session?" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("e");
  await expect(dialog.getByRole("link", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("button", { name: "Expire 1 session" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /keys\.only/ }).filter({ hasText: "Connected" })).toHaveCount(0);
});

test("a range is selected with Shift, by pointer and by key", async ({ signedIn: page, server }) => {
  await open(page, server, "?fleet=callcentre-ie");
  const boxes = page.getByRole("checkbox", { name: /Select session of/ });
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  await expect(page.getByRole("toolbar")).toContainText("4 selected");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("toolbar")).toHaveCount(0);
  await page.getByRole("heading", { name: "Sessions" }).click();
  for (const key of ["j", "x", "j", "j", "X"]) await page.keyboard.press(key);
  await expect(page.getByRole("toolbar")).toContainText("3 selected");
  // All that match, which are more than are drawn; how many depends on the hour of the day.
  await server.control("POST", "load", { StackName: "contact-centre", FleetName: "callcentre-ie", count: 120, churn_per_minute: 0 });
  await expect(page.getByRole("table", { name: "Sessions" })).toHaveAttribute("aria-rowcount", /^1[2-9]\d$/, { timeout: 30_000 });
  await page.keyboard.press("a");
  await expect(page.getByRole("toolbar")).toContainText(/^1[12]\d selected/);
});

test("filters, order and details survive a reload; a link opens the same for somebody else", async ({ signedIn: page, server }) => {
  await open(page, server);
  await page.getByRole("navigation", { name: "Quick filters" }).getByRole("link", { name: /^Not connected/ }).click();
  await page.getByRole("columnheader", { name: "User" }).getByRole("link").click();
  await expect(page).toHaveURL(/sort=/);
  await page.getByRole("searchbox", { name: "Filter sessions" }).fill("callcentre");
  await expect(page).toHaveURL(/q=callcentre/);
  await page.getByRole("rowheader").first().getByRole("link").click();
  await expect(page.getByRole("complementary", { name: "Session details" })).toBeVisible();
  const [url, user] = [page.url(), await page.getByRole("complementary", { name: "Session details" }).getByRole("heading").innerText()];
  await page.reload();
  expect(page.url()).toBe(url);
  await expect(page.getByRole("complementary", { name: "Session details" }).getByRole("heading", { name: user })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "User" })).toHaveAttribute("aria-sort", /scending/);
  await expect(page.getByRole("group", { name: "State is not connected" })).toBeVisible();
  await page.getByRole("link", { name: "Remove filter State is not connected" }).click();
  await expect(page).not.toHaveURL(/state=/);
});

test("more than AWS can be asked for at once is refused with a sentence", async ({ signedIn: page, server }) => {
  const ids = Array.from({ length: 501 }, (_, i) => ["form[ids][" + i + "]", `id-${i}`]);
  const answer = await page.request.post(`${server.url}/api/session/expire`, { form: Object.fromEntries(ids), headers: { origin: server.url } });
  expect(await answer.text()).toContain("500");
  expect((await server.control("GET", "calls")).by_operation.ExpireSession ?? 0).toBe(0);
});

test("a phone is shown 60 more sessions at a time", async ({ signedIn: page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, server);
  const rows = page.getByRole("rowheader");
  await expect(rows).toHaveCount(60);
  await page.getByRole("link", { name: "Show 60 more" }).click();
  await expect(rows).toHaveCount(120);
  await expect(page).toHaveURL(`${server.url}/sessions`);
});

test.describe("ten thousand sessions", () => {
  test.use({ start: { seed: "large" } });
  test("are one scroll, of which only what is seen is drawn", async ({ signedIn: page, server }) => {
    await open(page, server);
    const table = page.getByRole("table", { name: "Sessions" });
    await expect.poll(async () => Number(await table.getAttribute("aria-rowcount")), { timeout: 30_000 }).toBeGreaterThan(9_000);
    await expect.poll(() => page.getByRole("rowheader").count()).toBeLessThan(120);
    await page.keyboard.press("End");
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await expect.poll(async () => Number(await page.getByRole("row").last().getAttribute("aria-rowindex"))).toBeGreaterThan(9_000);
    await page.getByRole("searchbox", { name: "Filter sessions" }).fill("jonas");
    await expect.poll(async () => Number(await table.getAttribute("aria-rowcount"))).toBeLessThan(9_000);
  });
});
