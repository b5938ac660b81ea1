import { expect, password, test } from "../support/test";

test.use({ javaScriptEnabled: false });

const SCOPE = "/111122223333/us-east-1";

test.beforeEach(async ({ page, server }) => {
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("That user name and password don’t match")).toBeVisible();
  await expect(page.getByLabel("User name")).toHaveValue("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${server.url}/`);
});

test("every page can be read", async ({ page, server }) => {
  await expect(page.getByRole("heading", { level: 1 })).toContainText("erp-legacy");
  await page.goto(`${server.url}/fleets?q=erp`);
  await expect(page.getByRole("rowheader")).toHaveText(["erp-legacy"]);
  await page.goto(`${server.url}/sessions?fleet=callcentre-ie&sort=user`);
  expect(await page.getByRole("rowheader").count()).toBeGreaterThan(5);
  for (const [tab, told] of [["", "Capacity now"], ["/sessions", "Sessions"], ["/errors", "Open"], ["/configuration", "Image and compute"]]) {
    await page.goto(`${server.url}${SCOPE}/fleets/finance-desktop${tab}`);
    await expect(page.getByRole("heading", { name: told })).toBeVisible();
  }
});

test("what follows the first 60 sessions is a link away", async ({ page, server }) => {
  await page.goto(`${server.url}/sessions`);
  const first = await page.getByRole("rowheader").first().textContent();
  await page.getByRole("link", { name: "Show 60 more" }).click();
  await expect(page).toHaveURL(/from=60/);
  await expect(page.getByRole("rowheader").first()).not.toHaveText(first ?? "");
});

test("the filter box is a form", async ({ page, server }) => {
  await page.goto(`${server.url}/fleets?state=running`);
  await page.getByRole("searchbox", { name: "Filter fleets" }).fill("claims");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/state=running/);
  await expect(page.getByRole("rowheader")).toHaveCount(2);
});

test("sessions are expired with plain forms, a result for each", async ({ page, server }) => {
  await page.goto(`${server.url}/sessions?fleet=callcentre-ie&state=connected`);
  const boxes = page.getByRole("checkbox", { name: /Select session of/ });
  const names = await page.getByRole("rowheader").allInnerTexts();
  for (let i = 0; i < 6; i++) await boxes.nth(i).check();
  await page.getByRole("button", { name: "Expire selected sessions…" }).click();
  const dialog = page.getByRole("dialog", { name: "Expire 6 sessions?" });
  await expect(dialog).toContainText("6 people are connected and will be cut off at once.");
  await dialog.getByRole("button", { name: "Expire 6 sessions" }).click();
  await expect(page.getByRole("dialog").getByRole("alert").first()).toContainText("expire 6");
  await server.control("POST", "faults", { operation: "ExpireSession", error: "OperationNotPermittedException", status: 400, message: "Not you.", count: 1 });
  await page.getByRole("dialog").getByRole("textbox").fill("expire 6");
  await page.getByRole("dialog").getByRole("button", { name: "Expire 6 sessions" }).click();
  await expect(page.getByText("5 of 6 expired.")).toBeVisible();
  await expect(page.getByRole("main")).toContainText(names[0]);
});

test("a fleet is started, changed and stopped with plain forms", async ({ page, server }) => {
  const fleet = `${server.url}${SCOPE}/fleets/training-lab`;
  await page.goto(`${fleet}?do=capacity`);
  await page.getByLabel("Number of instances").fill("lots");
  await page.getByRole("button", { name: "Change capacity" }).click();
  await expect(page.getByRole("alert")).toContainText("“lots” is not one");
  await expect(page.getByLabel("Number of instances")).toHaveValue("lots");
  await page.getByLabel("Number of instances").fill("3");
  await page.getByRole("button", { name: "Change capacity" }).click();
  await expect.poll(async () => (await page.goto(fleet), page.getByRole("main").innerText())).toMatch(/Desired\s*3/);
  await page.goto(fleet);
  await page.getByRole("button", { name: "Start" }).click();
  await expect.poll(async () => (await page.goto(fleet), page.getByRole("main").innerText())).toContain("Starting");
  await page.goto(`${fleet}?do=stop`);
  await page.getByRole("button", { name: "Stop fleet" }).click();
  await expect.poll(async () => (await page.goto(fleet), page.getByRole("main").innerText())).toContain("Stopping");
});

test("signing out is a form", async ({ page, server }) => {
  await page.locator("summary", { hasText: "admin, account menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(`${server.url}/sign-in`);
  await page.goto(`${server.url}/sessions`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
