import { act, fill, here, open, send } from "../support/acts";
import { accessible, alive, expect, signIn, test } from "../support/test";

test("a stack is created, given a fleet, changed, tagged and deleted", async ({ signedIn: page, server }) => {
  await page.getByRole("link", { name: "Stacks" }).first().click();
  await page.getByRole("link", { name: "Create stack…" }).click();
  await send(page, "Create");
  await expect(page.getByRole("alert")).toContainText("One value needs a change.");
  await expect(page.locator("#field-Name")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#field-Name")).toBeFocused();
  await send(page, "Create", { Name: "-bad", "Display name": "Auditors’ place", "Redirect URL": "https://example.com/bye" });
  await expect(page.getByText("Begin with a letter or digit").first()).toBeVisible();
  await expect(page.locator("#field-DisplayName")).toHaveValue("Auditors’ place");
  await accessible(page);
  await fill(page, { Name: "auditors" });
  // The sentence goes as soon as the value is right.
  await expect(page.locator("#field-Name-note")).not.toContainText("Begin with a letter or digit;");
  await expect(page.locator("pre").first()).toContainText("--name auditors");
  await send(page, "Create");
  await expect(page.getByRole("heading", { name: "auditors", level: 1 })).toBeVisible();
  await expect(page.getByText("https://example.com/bye").first()).toBeVisible();

  const sections = page.getByRole("navigation", { name: "Sections" });
  await sections.getByRole("link", { name: "Fleets" }).click();
  await act(page, "Associate fleet…", "Associate", { "Fleet name": "legal-research" });
  await expect(page.getByRole("link", { name: "legal-research" })).toBeVisible();

  await act(page, "Edit…", "Save changes", { "Redirect URL": "", "Display name": "Auditors" });
  await expect(page.getByRole("heading", { name: "auditors", level: 1 })).toBeVisible();
  await expect(page.getByText("https://example.com/bye")).toHaveCount(0);

  await act(page, "Add tags…", "Add tags", { Tags: "team=audit" });
  await expect(page.getByRole("cell", { name: "audit", exact: true })).toBeVisible();

  // The fleet is still there: that is told before anything is sent, with the way to it.
  await page.getByRole("link", { name: "Delete…" }).click();
  await expect(page.getByRole("dialog")).toContainText("Fleet legal-research is on it.");
  await expect(page.getByRole("button", { name: "Delete", exact: true })).toBeDisabled();
  await page.getByRole("link", { name: /Go there/ }).click();
  await page.getByRole("row", { name: "legal-research" }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove fleet");
  await expect(page.getByText("No fleet yet: nobody can stream from it.")).toBeVisible();
  await page.getByRole("link", { name: "Delete…" }).click();
  await send(page, "Delete");
  await expect(page.getByText("Type auditors to confirm.").first()).toBeVisible();
  await send(page, "Delete", { "Type auditors to confirm": "auditors" });
  await expect(page.getByRole("heading", { name: "Stacks", level: 1 })).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter stacks" }).fill("auditors");
  await expect(page.getByText("No stack matches")).toBeVisible();
});

test("an edit says what changes, what a running fleet takes now, and asks before it is lost", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/fleets/finance-desktop/edit`);
  await expect(page.getByText("It runs: fields marked “now” change at once")).toBeVisible();
  await expect(page.getByText("Set when it was made")).toBeVisible();
  await fill(page, { "Display name": "Finance", Description: "New" });
  await expect(page.getByText("2 changes, not saved")).toBeVisible();
  await expect(page.locator("pre").first()).toContainText("--display-name Finance");
  await send(page, "Save changes");
  await expect(page.locator("#field-Description-note")).toContainText("only while it is stopped");
  // Leaving asks once.
  let asked = "";
  page.once("dialog", (dialog) => {
    asked = dialog.message();
    void dialog.dismiss();
  });
  await page.getByRole("link", { name: "Discard" }).click();
  expect(asked).toContain("not saved");
  await expect(page.locator("#field-Description")).toHaveValue("New");
  await accessible(page);
  const before = await page.locator("#field-Description").evaluate((e: HTMLTextAreaElement) => e.defaultValue);
  await fill(page, { Description: before });
  await send(page, "Save changes");
  await expect(page.getByRole("heading", { name: "finance-desktop", level: 1 })).toBeVisible();
});

test("a form shows only the fields that fit the fleet's type", async ({ signedIn: page, server }) => {
  await open(page, server, "/fleets/new");
  await expect(page.locator("#field-MaxConcurrentSessions")).toBeHidden();
  await expect(page.locator("#field-ImageName")).toBeVisible();
  await fill(page, { "Fleet type": "Elastic" });
  await expect(page.locator("#field-MaxConcurrentSessions")).toBeVisible();
  await expect(page.locator("#field-ImageName")).toBeHidden();
  await expect(page.locator("#field-DomainJoinInfo\\.DirectoryName")).toBeHidden();
  await fill(page, { "Fleet type": "Always-On", "Max sessions per instance": "4" });
  await expect(page.locator("#field-ComputeCapacity\\.DesiredSessions")).toBeVisible();
  await expect(page.locator("#field-ComputeCapacity\\.DesiredInstances")).toBeHidden();
});

test("a list's rows come one by one, and what the model names is all there", async ({ signedIn: page, server }) => {
  await open(page, server, "/entitlements/new");
  const name = (row: number) => page.locator(`#field-Attributes\\.${row}\\.Name`);
  await expect(name(0)).toBeVisible();
  await expect(name(1)).toBeHidden();
  await name(0).fill("roles");
  await expect(name(1)).toBeVisible();
  await expect(name(2)).toBeHidden();
  await name(0).fill("");
  await expect(name(1)).toBeHidden();
  await open(page, server, "/stacks/new");
  for (const place of ["Home folders", "Google Drive", "OneDrive"]) await expect(page.getByRole("checkbox", { name: place, exact: true })).toBeVisible();
  await open(page, server, "/app-blocks/new");
  await expect(page.getByRole("group", { name: "Setup script", exact: true })).toBeVisible();
  await fill(page, { "Packaging type": "AppStream 2.0" });
  await expect(page.getByRole("group", { name: "Setup script", exact: true })).toBeHidden();
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
  await act(page, "Streaming URL…", "Make URL", { "Fleet name": "legal-research", User: "tester" });
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
  await act(page, "Start…", "Start");
  await expect(page.getByText("Pending", { exact: true })).toBeVisible();
  await server.advance(900);
  await expect(page.getByText("Running", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await open(page, server, "/users/new");
  await send(page, "Create", { "User name": "new.person@example.com", "First name": "New" });
  await expect(page.getByTitle("UNCONFIRMED", { exact: true })).toBeVisible();
  await open(page, server, `${here}/users/new.person@example.com/stacks`);
  await page.getByRole("link", { name: "Assign stack…" }).click();
  await page.locator("#field-UserStackAssociations\\.0\\.StackName").fill("legal");
  await page.locator("#field-UserStackAssociations\\.1\\.StackName").fill("nowhere");
  await send(page, "Assign");
  await expect(page.getByRole("alert")).toContainText("AWS refused some rows.");
  await expect(page.getByRole("alert")).toContainText("nowhere");
  await open(page, server, `${here}/users/new.person@example.com/stacks`);
  await expect(page.getByRole("link", { name: "legal", exact: true }).first()).toBeVisible();
  await open(page, server, "/directory-configs/new");
  await fill(page, {
    "Directory (domain name)": "lab.example.com", "Organisational units": "OU=Lab,DC=lab,DC=example,DC=com", "Account name": "svc", "Account password": "canary-4711",
  });
  await expect(page.locator("pre").first()).toContainText("lab.example.com");
  expect(await page.locator("main").innerText()).not.toContain("canary-4711");
  await send(page, "Create");
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
    await send(page, "Create", { Name: "-bad", Description: "For later" });
    await expect(page.getByRole("alert")).toContainText("One value needs a change.");
    await expect(page.locator("#field-Description")).toHaveValue("For later");
    await expect(page.locator("#field-Name")).toHaveValue("-bad");
    await send(page, "Create", { Name: "plain" });
    await expect(page.getByRole("heading", { name: "plain", level: 1 })).toBeVisible();
    await expect(page.getByRole("definition").filter({ hasText: "For later" })).toBeVisible();
  });
});
