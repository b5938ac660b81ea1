import type { Page } from "@playwright/test";
import { accessible, alive, expect, signIn, test } from "../support/test";
import type { Server } from "../support/server";

const here = "/111122223333/us-east-1";

async function open(page: Page, server: Server, path: string): Promise<void> {
  await page.goto(server.url + path);
  await alive(page);
}

test("a stack is created, given a fleet, changed, tagged and deleted", async ({ signedIn: page, server }) => {
  await page.getByRole("link", { name: "Stacks" }).first().click();
  await page.getByRole("link", { name: "Create stack…" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was sent.");
  await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Name", { exact: true }).fill("-bad");
  await page.getByLabel("Display name").fill("Auditors’ place");
  await page.getByLabel("Redirect URL").fill("https://example.com/bye");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByText("Begin with a letter or digit").first()).toBeVisible();
  await expect(page.getByLabel("Display name")).toHaveValue("Auditors’ place");
  await accessible(page);
  await page.getByLabel("Name", { exact: true }).fill("auditors");
  await expect(page.locator("pre").first()).toContainText("--name auditors");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { name: "auditors", level: 1 })).toBeVisible();
  await expect(page.getByText("https://example.com/bye")).toBeVisible();

  await page.getByRole("link", { name: "Associate fleet…" }).click();
  await page.getByLabel("Fleet name").fill("legal-research");
  await page.getByRole("button", { name: "Associate" }).click();
  await expect(page.getByRole("link", { name: "legal-research" })).toBeVisible();

  await page.getByRole("link", { name: "Edit…" }).click();
  await page.getByLabel("Redirect URL").fill("");
  await page.getByLabel("Display name").fill("Auditors");
  await expect(page.locator("pre").first()).toContainText("--attributes-to-delete REDIRECT_URL");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("heading", { name: "auditors", level: 1 })).toBeVisible();
  await expect(page.getByText("https://example.com/bye")).toBeHidden();

  await page.getByRole("link", { name: "Add tags…" }).click();
  await page.getByLabel("Tags").fill("team=audit");
  await page.getByRole("button", { name: "Add tags" }).click();
  await expect(page.getByRole("cell", { name: "audit", exact: true })).toBeVisible();

  // AWS refuses: the fleet is still there. Nothing is lost, and the sentence says why.
  await page.getByRole("link", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Type auditors to confirm.").first()).toBeVisible();
  await page.getByLabel("Type auditors to confirm").fill("auditors");
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("alert")).toContainText("cannot do this now");
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("row", { name: "legal-research" }).getByRole("link", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove fleet" }).click();
  await expect(page.getByText("No fleet yet: nobody can stream from it.")).toBeVisible();
  await page.getByRole("link", { name: "Delete…" }).click();
  await page.getByLabel("Type auditors to confirm").fill("auditors");
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "Stacks", level: 1 })).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter stacks" }).fill("auditors");
  await expect(page.getByText("No stack matches")).toBeVisible();
});

test("an image is found and copied", async ({ signedIn: page, server }) => {
  await open(page, server, "/images");
  await page.getByRole("link", { name: /^Private/ }).click();
  await page.getByRole("searchbox", { name: "Filter images" }).fill("claims");
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await page.getByRole("link", { name: "claims-win22-2026-03-01" }).click();
  await page.getByRole("link", { name: "Used by" }).click();
  await expect(page.getByRole("link", { name: "claims-us" })).toBeVisible();
  await page.getByRole("link", { name: "Copy to Region…" }).click();
  await page.getByLabel("Destination image name").fill("claims-copy");
  await page.getByLabel("To Region").fill("us-east-1");
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await open(page, server, `${here}/images/claims-copy`);
  await expect(page.getByText("Copying", { exact: true })).toBeVisible();
  await server.advance(3600);
  await expect(page.getByText("Available", { exact: true })).toBeVisible({ timeout: 20_000 });
});

test("a streaming URL is shown masked, once, and leads to a session", async ({ signedIn: page, server, context }) => {
  await open(page, server, `${here}/stacks/legal`);
  await page.getByRole("link", { name: "Streaming URL…" }).click();
  await page.getByLabel("Fleet name").fill("legal-research");
  await page.getByLabel("User", { exact: true }).fill("tester");
  await page.getByRole("button", { name: "Make URL" }).click();
  await expect(page.getByText("parameters=••••••••")).toBeVisible();
  await accessible(page);
  const [desktop] = await Promise.all([context.waitForEvent("page"), page.getByRole("link", { name: "Open" }).click()]);
  await expect(desktop.getByRole("heading", { name: "Your instance is being made ready" })).toBeVisible();
  await page.reload();
  await alive(page);
  await expect(page.getByText("parameters=••••••••")).toBeHidden();
});

test("builders run, people come and go, and what is not possible now says why", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/image-builders/finance-win22`);
  await expect(page.getByRole("button", { name: /Connect….*needs it running/ })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("link", { name: "Start…" }).click();
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("Pending", { exact: true })).toBeVisible();
  await server.advance(900);
  await expect(page.getByText("Running", { exact: true })).toBeVisible({ timeout: 20_000 });
  await open(page, server, "/users/new");
  await page.getByLabel("User name").fill("new.person@example.com");
  await page.getByLabel("First name").fill("New");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByText("Unconfirmed")).toBeVisible();
  await page.getByRole("link", { name: "Assign stack…" }).click();
  await page.getByLabel("Stack name 1").fill("legal");
  await page.getByLabel("Stack name 2").fill("nowhere");
  await page.getByRole("button", { name: "Assign" }).click();
  await expect(page.getByRole("alert")).toContainText("AWS refused some rows.");
  await expect(page.getByRole("alert")).toContainText("nowhere");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("link", { name: "legal" })).toBeVisible();
  await open(page, server, "/directory-configs/new");
  await page.getByLabel("Directory (domain name)").fill("lab.example.com");
  await page.getByLabel("Organizational units").fill("OU=Lab,DC=lab,DC=example,DC=com");
  await page.getByLabel("Account name").fill("svc");
  await page.getByLabel("Account password").fill("canary-4711");
  await expect(page.locator("pre").first()).toContainText("lab.example.com");
  expect(await page.locator("main").innerText()).not.toContain("canary-4711");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { name: "lab.example.com", level: 1 })).toBeVisible();
});

test("users are a list of six hundred that is one scroll", async ({ signedIn: page, server }) => {
  await open(page, server, "/users");
  await expect(page.getByText("600 of 600")).toBeVisible();
  await page.keyboard.press("End");
  await expect(page.getByRole("row").last()).toBeInViewport();
  expect(await page.getByRole("rowheader").count()).toBeLessThan(120);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("a stack is made with plain forms, and a refused one keeps what was typed", async ({ page, server }) => {
    await signIn(page, server, "/stacks/new");
    await page.getByLabel("Name", { exact: true }).fill("-bad");
    await page.getByLabel("Description").fill("For later");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Nothing was sent.");
    await expect(page.getByLabel("Description")).toHaveValue("For later");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("-bad");
    await page.getByLabel("Name", { exact: true }).fill("plain");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("heading", { name: "plain", level: 1 })).toBeVisible();
    await expect(page.getByText("For later")).toBeVisible();
  });
});
