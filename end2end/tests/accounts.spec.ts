import { accessible, alive, expect, signIn, test } from "../support/test";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("an account is added, changed and removed", async ({ signedIn: page, server, browser }) => {
      await page.goto(`${server.url}/accounts`);
      if (javaScriptEnabled) {
        await alive(page);
        await accessible(page);
      }
      await page.getByRole("link", { name: "Add account…" }).click();
      let dialog = page.getByRole("dialog", { name: "Add account" });
      await dialog.getByLabel("Name").fill("Ana Silva");
      await dialog.getByRole("button", { name: "Add account" }).click();
      await expect(dialog.getByText("This cannot be an account’s name.")).toBeVisible();
      await dialog.getByLabel("Name").fill("ana");
      await dialog.getByLabel("Role").selectOption({ label: "help desk" });
      if (javaScriptEnabled) await accessible(page);
      await dialog.getByRole("button", { name: "Add account" }).click();
      await expect(page.getByText("The one-time password of ana is")).toBeVisible();
      const once = (await page.locator("[data-handed]").innerText()).trim();
      await page.goto(`${server.url}/accounts`);
      await expect(page.locator("[data-handed]")).toHaveCount(0);

      const ana = await browser.newPage();
      await signIn(ana, server, "/fleets", { name: "ana", password: once });
      await ana.goto(`${server.url}/fleets`);
      if (javaScriptEnabled) await alive(ana);

      const row = page.getByRole("row", { name: /^ana/ });
      await row.getByRole("link", { name: "Change ana…" }).click();
      await page.getByRole("dialog", { name: "Change ana" }).getByRole("link", { name: "Change role…" }).click();
      dialog = page.getByRole("dialog", { name: "Change role: ana" });
      await dialog.getByLabel("Role").selectOption({ label: "operator" });
      await dialog.getByRole("button", { name: "Change role" }).click();
      await expect(row).toContainText("operator");
      if (javaScriptEnabled) await expect(ana.getByRole("dialog", { name: "You are signed out" })).toBeVisible();
      await ana.goto(`${server.url}/fleets`);
      await expect(ana.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await ana.close();

      await row.getByRole("link", { name: "Change ana…" }).click();
      await page.getByRole("link", { name: "Remove…" }).click();
      dialog = page.getByRole("dialog", { name: "Remove: ana" });
      await dialog.getByRole("button", { name: "Remove" }).click();
      await expect(dialog.getByText("Type ana to confirm.")).toBeVisible();
      await dialog.getByLabel("Type ana to confirm").fill("ana");
      await dialog.getByRole("button", { name: "Remove" }).click();
      await expect(row).toHaveCount(0);
      await page.goto(`${server.url}/accounts?do=choose&account=admin`);
      await expect(page.getByRole("button", { name: /^Remove….*Nobody can lock themselves out/ })).toHaveAttribute("aria-disabled", "true");
    });
  });
}

test("whoever is no administrator sees no accounts", async ({ page, server }) => {
  await signIn(page, server, "/", { name: "vera", password: server.account("vera", "viewer") });
  await expect(page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Accounts" })).toHaveCount(0);
  await page.goto(`${server.url}/accounts`);
  await expect(page.getByText("This needs the role administrator")).toBeVisible();
});
