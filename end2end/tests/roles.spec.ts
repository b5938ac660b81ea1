import { here } from "../support/acts";
import { accessible, alive, expect, signIn, test } from "../support/test";

test("a viewer sees everything and is told which role each button needs", async ({ page, server }) => {
  await signIn(page, server, "/sessions", { name: "vera", password: server.account("vera", "viewer") });
  await page.goto(`${server.url}/sessions`);
  await alive(page);
  await page.getByRole("checkbox", { name: /Select session of/ }).first().click();
  const expire = page.getByRole("button", { name: /^Expire 1 session….*This needs the role help desk; yours is viewer\.$/ });
  await expect(expire).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
  await page.goto(`${server.url}${here}/fleets/finance-desktop`);
  await expect(page.getByRole("button", { name: /Stop….*This needs the role operator; yours is viewer\./ })).toBeVisible();
  await page.goto(`${server.url}/stacks/new`);
  await expect(page.getByText("This needs the role administrator")).toBeVisible();
  await page.getByText("account menu").locator("..").click();
  await expect(page.getByText("Signed in as vera, viewer")).toBeVisible();
});

test("the help desk ends a session, and nothing else", async ({ page, server }) => {
  await signIn(page, server, "/sessions", { name: "hugo", password: server.account("hugo", "help-desk") });
  await page.goto(`${server.url}/sessions`);
  await alive(page);
  await page.getByRole("checkbox", { name: /Select session of/ }).first().click();
  await page.getByRole("link", { name: "Expire 1 session…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Expire/ }).click();
  await expect.poll(async () => (await server.control("GET", "calls")).by_operation.ExpireSession).toBe(1);
  await page.goto(`${server.url}/users`);
  await expect(page.getByRole("button", { name: /Create user….*This needs the role administrator/ })).toBeVisible();
});

test("whoever gets another role is signed out on the open page", async ({ page, server }) => {
  await signIn(page, server, "/fleets", { name: "olga", password: server.account("olga", "operator") });
  await page.goto(`${server.url}/fleets`);
  await alive(page);
  server.users("role", "olga", "viewer");
  await expect(page.getByRole("dialog", { name: "You are signed out" })).toBeVisible({ timeout: 15_000 });
});
