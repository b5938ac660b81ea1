import { alive, accessible, expect, test } from "../support/test";

const SCOPE = "/111122223333/us-east-1";

test("a fleet goes from stopped over starting to running under a moved clock, without reload", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  await page.evaluate(() => ((window as any).same = true));
  const row = page.getByRole("row", { name: /training-lab/ });
  await expect(row).toContainText("Stopped");
  await row.getByRole("link", { name: "training-lab" }).click();
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("main")).toContainText("Starting");
  await page.getByRole("link", { name: "Fleets", exact: true }).first().click();
  await expect(row).toContainText("Starting");
  await server.advance(3600);
  await expect(row).toContainText("Running");
  await expect(page.getByRole("status").filter({ hasText: "training-lab is now" })).toHaveCount(1, { timeout: 20_000 });
  expect(await page.evaluate(() => (window as any).same), "no page load").toBe(true);
});

test("filters, the search and the order survive a reload, and Back undoes them", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  const filters = page.getByRole("navigation", { name: "Quick filters" });
  await filters.getByRole("link", { name: /^Stopped/ }).click();
  await filters.getByRole("link", { name: /^Starting/ }).click();
  await expect(page).toHaveURL(/state=stopped,starting/);
  await page.getByRole("columnheader", { name: "Fleet" }).getByRole("link").click();
  await expect(page).toHaveURL(/sort=/);
  const names = () => page.getByRole("rowheader").allInnerTexts();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  const before = await names();
  await page.reload();
  expect(await names()).toEqual(before);
  await expect(page.getByRole("group", { name: /State is/ })).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter fleets" }).fill("erp");
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole("rowheader")).toHaveText(["erp-legacy"]);
  await expect(page.getByRole("searchbox", { name: "Filter fleets" })).toHaveValue("erp");
  await page.goBack();
  await expect(page).not.toHaveURL(/sort=/);
});

test("keys move, open and search", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Filter fleets" })).toBeFocused();
  await page.keyboard.type("claims");
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  await page.getByRole("heading", { name: "Fleets" }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const name = await page.getByRole("rowheader").first().innerText();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("capacity is changed; what is no number is said at the field and not sent", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}${SCOPE}/fleets/finance-desktop`);
  await alive(page);
  await page.getByRole("link", { name: "Change capacity…" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Change capacity of finance-desktop" });
  const field = dialog.getByLabel("Number of instances");
  const save = dialog.getByRole("button", { name: "Change capacity" });
  await server.control("DELETE", "calls");
  for (const [typed, told] of [
    ["", "Enter the number of instances."],
    ["many", "Enter a whole number of instances; “many” is not one."],
    ["-3", "-3 is outside"],
    ["99999999999999999999", /whole number|outside/],
    ["<script>alert(1)</script>", /is not one/],
  ] as const) {
    await field.fill(typed);
    await save.click();
    await expect(dialog.getByRole("alert")).toContainText(told);
    await expect(field).toHaveValue(typed);
  }
  expect((await server.control("GET", "calls")).by_operation.UpdateFleet ?? 0, "nothing was sent").toBe(0);
  await field.fill("75");
  await save.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("main")).toContainText(/Desired\s*75/);
  await accessible(page);
});

test("stopping a fleet with people on it asks for its name", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}${SCOPE}/fleets/finance-desktop`);
  await alive(page);
  await page.getByRole("link", { name: "Stop…" }).click();
  const dialog = page.getByRole("dialog", { name: "Stop finance-desktop?" });
  await expect(dialog).toContainText("people are connected and will be cut off at once");
  await expect(dialog.getByLabel("Type finance-desktop to confirm")).toBeFocused();
  await dialog.getByRole("button", { name: "Stop fleet" }).click();
  await expect(dialog.getByRole("alert")).toContainText("finance-desktop");
  await dialog.getByLabel("Type finance-desktop to confirm").fill("finance-desktop");
  await dialog.getByRole("button", { name: "Stop fleet" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("main")).toContainText("Stopping");
});

test("a refusal by AWS is told with what to do, and nothing is lost", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}${SCOPE}/fleets/finance-desktop?do=capacity`);
  await alive(page);
  await server.control("POST", "faults", { operation: "UpdateFleet", error: "LimitExceededException", status: 400, message: "The account limit is 60.", count: 1 });
  const dialog = page.getByRole("dialog", { name: /Change capacity/ });
  await dialog.getByLabel("Number of instances").fill("61");
  await dialog.getByRole("button", { name: "Change capacity" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/limit/i);
  await expect(dialog.getByLabel("Number of instances")).toHaveValue("61");
});

test("an error on a fleet shows its cause and its remedy", async ({ signedIn: page, server }) => {
  await page.goto(`${server.url}/`);
  await page.getByRole("main").getByRole("link", { name: "erp-legacy" }).first().click();
  await page.getByRole("navigation", { name: "Fleet sections" }).getByRole("link", { name: /Errors/ }).click();
  await expect(page.getByRole("heading", { name: "What to do" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("DOMAIN_JOIN_NERR_PASSWORD_EXPIRED");
});

test("a fleet or page that does not exist says so with status 404", async ({ signedIn: page, server }) => {
  for (const path of [`${SCOPE}/fleets/nothing`, `/999900001111/us-east-1/fleets/finance-desktop`, `${SCOPE}/fleets/finance-desktop/nothing`, "/nothing/at/all"]) {
    const answer = await page.goto(server.url + path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(/no such page|does not exist/i);
    await accessible(page);
  }
});
