import { type Page } from "@playwright/test";
import { Provider } from "../support/provider";
import { Server, freePort } from "../support/server";
import { accessible, expect, password, signIn, test as base } from "../support/test";

/** A console with a real provider beside it. */
const test = base.extend<{ byUserinfo: boolean }>({
  byUserinfo: [false, { option: true }],
  server: async ({ byUserinfo }, use) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const provider = await Provider.start(url, byUserinfo ? { CLAIMS_BY_USERINFO: "1" } : {});
    const server = await Server.start({ port, flags: provider.flags(url), env: provider.env });
    await use(server);
    await server.stop();
    provider.stop();
  },
});

/** From the console's sign-in page through the provider's own pages. */
async function throughProvider(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in with Example" }).click();
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

for (const byUserinfo of [false, true]) {
  test.describe(byUserinfo ? "groups told by userinfo" : "groups in the ID token", () => {
    test.use({ byUserinfo });

    test("somebody of a mapped group comes in with its role, where they wanted to go", async ({ page, server }) => {
      await page.goto(`${server.url}/sign-in?to=${encodeURIComponent("/fleets?state=running")}`);
      await accessible(page);
      await throughProvider(page, "ana");
      await expect(page).toHaveURL(`${server.url}/fleets?state=running`);
      await page.locator("summary", { hasText: "ana, account menu" }).click();
      await expect(page.getByText("Signed in as ana, administrator")).toBeVisible();
      await page.goto(`${server.url}/accounts`);
      await expect(page.getByRole("row", { name: /^ana administrator Single sign-on/ })).toBeVisible();
      await page.goto(`${server.url}/account`);
      await expect(page.getByRole("heading", { name: "Sign-ins" })).toBeVisible();
      await expect(page.getByRole("heading", { name: "Password" })).toHaveCount(0);
      await page.goto(`${server.url}/audit?action=sign-in&who=ana`);
      await expect(page.getByRole("region", { name: "Acts" })).toContainText("ana");
    });
  });
}

test("whoever has no mapped group is told so, and so is whoever is called as another", async ({ page, server, context }) => {
  for (const [name, told] of [["eve", "None of the groups of eve has a role in this console."], ["mallory", "There is another account admin."]]) {
    await page.goto(`${server.url}/sign-in`);
    await throughProvider(page, name!);
    await expect(page.getByText("Single sign-on did not let you in")).toBeVisible();
    await expect(page.getByText(told!)).toBeVisible();
    await expect(page).toHaveURL(/\/sign-in/);
    await context.clearCookies();
  }
  await signIn(page, server, "/", { name: "admin", password });
  await page.goto(`${server.url}/audit?action=sign-in&outcome=failed`);
  await expect(page.getByRole("region", { name: "Acts" }).getByRole("row")).toHaveCount(3);
});

test("an answer that was not asked for, or was used, signs nobody in", async ({ page, server, browser }) => {
  await page.goto(`${server.url}/sign-in/single/back?code=stolen&state=forged`);
  await expect(page.getByText("It was begun in another browser, or too long ago.")).toBeVisible();
  const back = page.waitForRequest((request) => request.url().includes("/sign-in/single/back?code="));
  await page.goto(`${server.url}/sign-in`);
  await throughProvider(page, "bob");
  await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
  const other = await browser.newPage();
  await other.goto((await back).url());
  await expect(other.getByText("Single sign-on did not let you in")).toBeVisible();
  await other.close();
});
