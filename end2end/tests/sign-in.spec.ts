import { accessible, expect, password, signIn, test } from "../support/test";

test("a visitor signs in and lands where they wanted to go", async ({ page, server }) => {
  await page.goto(`${server.url}/fleets?state=stopped`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${server.url}/fleets?state=stopped`);
  await expect(page.getByRole("heading", { name: "Fleets" })).toBeVisible();
});

test("what is missing or wrong is said at the field, and the user name stays", async ({ page, server }) => {
  await page.goto(`${server.url}/sign-in`);
  const button = page.getByRole("button", { name: "Sign in" });
  await button.click();
  await expect(page.getByText("Enter your user name.")).toBeVisible();
  await expect(page.getByText("Enter your password.")).toBeVisible();
  await page.getByLabel("User name").fill("x".repeat(300));
  await page.getByLabel("Password").fill("y");
  await button.click();
  await expect(page.getByText("A user name has at most 256 characters.")).toBeVisible();
  await page.getByLabel("User name").fill(`admin'; drop table accounts; --<img src=x onerror=alert(1)>`);
  await page.getByLabel("Password").fill("wrong");
  await button.click();
  await expect(page.getByText("That user name and password don’t match")).toBeVisible();
  await expect(page.getByLabel("User name")).toHaveValue(/drop table/);
  await accessible(page);
});

test("signing out ends the sign-in on every open page", async ({ signedIn: page, server, context }) => {
  const other = await context.newPage();
  await other.goto(`${server.url}/fleets`);
  await expect(other.locator("html[data-live]")).toHaveCount(1);
  await page.locator("summary", { hasText: "admin, account menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const dialog = other.getByRole("dialog", { name: "You are signed out" });
  await expect(dialog).toBeVisible();
  await accessible(other);
  await dialog.getByRole("link", { name: "Sign in" }).click();
  await expect(other).toHaveURL(/\/sign-in\?to=\/fleets/);
});

test("the way back never leads to another host", async ({ page, server }) => {
  await signIn(page, server, "//evil.example/");
  await expect(page).toHaveURL(`${server.url}/`);
});
