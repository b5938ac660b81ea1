import { createHmac } from "node:crypto";
import { type Page } from "@playwright/test";
import { accessible, alive, expect, password, test } from "../support/test";

/** The code of RFC 6238 that an authenticator with this secret shows, `ahead` steps from now. */
function code(secret: string, ahead = 0): string {
  const bits = [...secret.replaceAll(" ", "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", key).update(step).digest();
  const at = mac[19]! & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function enter(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in?to=${encodeURIComponent("/fleets?state=running")}`);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a second factor is set up, asked, recovered from and switched off", async ({ signedIn: page, server, browser }) => {
      await page.goto(`${server.url}/account`);
      if (javaScriptEnabled) await alive(page);
      const part = page.getByRole("region", { name: "Second factor" });
      await part.getByLabel("Your password").fill(password);
      await part.getByRole("button", { name: "Set up a second factor" }).click();
      await expect(page.getByRole("img", { name: "QR code for the authenticator" })).toBeVisible();
      if (javaScriptEnabled) await accessible(page);
      const secret = await page.locator("[data-secret]").innerText();
      await part.getByRole("textbox", { name: "Code" }).fill("000000");
      await part.getByRole("button", { name: "Confirm" }).click();
      await expect(page.getByText("That code is not right.")).toBeVisible();
      await part.getByRole("textbox", { name: "Code" }).fill(code(secret));
      await part.getByRole("button", { name: "Confirm" }).click();
      const codes = page.locator("[data-codes] li");
      await expect(codes).toHaveCount(10);
      const recovery = (await codes.first().innerText()).trim();
      if (javaScriptEnabled) await accessible(page);

      const other = await browser.newPage();
      await enter(other, server.url);
      await expect(other.getByRole("heading", { name: "Enter your code" })).toBeVisible();
      if (javaScriptEnabled) await accessible(other);
      // The one that confirmed it is used up.
      await other.getByRole("textbox", { name: "Code" }).fill(code(secret));
      await other.getByRole("button", { name: "Go on" }).click();
      await expect(other.getByText("it was used already")).toBeVisible();
      await other.getByRole("textbox", { name: "Code" }).fill(code(secret, 1));
      await other.getByRole("button", { name: "Go on" }).click();
      await expect(other).toHaveURL(`${server.url}/fleets?state=running`);
      await other.close();
      const third = await browser.newPage();
      await enter(third, server.url);
      await third.getByRole("textbox", { name: "Code" }).fill(recovery);
      await third.getByRole("button", { name: "Go on" }).click();
      await expect(third).toHaveURL(`${server.url}/fleets?state=running`);
      await third.close();

      await page.goto(`${server.url}/account`);
      if (javaScriptEnabled) await alive(page);
      await expect(page.getByText("9 recovery codes are left.")).toBeVisible();
      await part.getByLabel("Your password").fill(password);
      await part.getByRole("button", { name: "Switch off" }).click();
      await expect(page.getByRole("button", { name: "Set up a second factor" })).toBeVisible();
    });
  });
}
