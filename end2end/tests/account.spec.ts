import { accessible, alive, choosePassword, chosen, expect, password, signIn, test } from "../support/test";

const next = "seven odd lamps by night";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a one-time password is changed before anything else", async ({ page, server }) => {
      const once = server.account("vera", "viewer");
      await page.goto(`${server.url}/sign-in?to=${encodeURIComponent("/fleets?state=running")}`);
      await page.getByLabel("User name").fill("vera");
      await page.getByLabel("Password").fill(once);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("heading", { name: "Choose a password" })).toBeVisible();
      if (javaScriptEnabled) await accessible(page);
      await page.goto(`${server.url}/sessions`);
      await expect(page).toHaveURL(/\/account\/password\?to=\/sessions/);
      await choosePassword(page, once, "short");
      await expect(page.getByText("A password has at least 12 characters; this one has 5.")).toBeVisible();
      await choosePassword(page, once, "password1234");
      await expect(page.getByText("among the first that are guessed")).toBeVisible();
      await choosePassword(page, once, chosen("vera"));
      await expect(page).toHaveURL(/\/sessions$/);
      await expect(page.getByRole("heading", { name: "Sessions" })).toBeVisible();
    });

    test("the password is changed, and one sign-in of two is ended", async ({ signedIn: page, server, browser }) => {
      const elsewhere = await browser.newPage();
      await signIn(elsewhere, server);
      await page.locator("summary", { hasText: "admin, account menu" }).click();
      await page.getByRole("link", { name: "Your account" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
      if (javaScriptEnabled) {
        await alive(page);
        await accessible(page);
      }
      const rows = page.getByRole("region", { name: "Sign-ins" }).getByRole("row");
      await expect(rows).toHaveCount(3);
      await rows.filter({ hasNotText: "this one" }).getByRole("button", { name: /^Sign out/ }).click();
      await expect(rows).toHaveCount(2);
      await elsewhere.goto(`${server.url}/fleets`);
      await expect(elsewhere.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await elsewhere.close();
      await choosePassword(page, password, next);
      await expect(page.getByText("Your password is changed.")).toBeVisible();
      await page.goto(`${server.url}/account`);
      await page.getByRole("button", { name: "Sign out everywhere" }).click();
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await signIn(page, server, "/", { name: "admin", password: next });
    });
  });
}

test("what was entered waits while one signs in again", async ({ signedIn: page, server, browser }) => {
  const path = "/stacks/new?from=here";
  await page.goto(`${server.url}${path}`);
  await alive(page);
  await page.getByLabel(/^Name/).first().fill("unsent-stack");
  const elsewhere = await browser.newPage();
  await signIn(elsewhere, server, "/account");
  await elsewhere.goto(`${server.url}/account`);
  await elsewhere.getByRole("button", { name: "Sign out everywhere" }).click();
  await elsewhere.close();
  // At once, not when the stream looks again.
  const dialog = page.getByRole("dialog", { name: "You are signed out" });
  await expect(dialog).toBeVisible({ timeout: 2_000 });
  await dialog.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(`${server.url}${path}`);
  await expect(page.getByLabel(/^Name/).first()).toHaveValue("unsent-stack");
});
