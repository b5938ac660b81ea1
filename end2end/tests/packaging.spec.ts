// App blocks, applications and themes: new versions that take applications along, previews that follow what is typed.
import { open } from "../support/acts";
import { accessible, expect, signIn, test } from "../support/test";
import type { Server } from "../support/server";

const here = "/111122223333/us-east-1";

/** One application that a session cannot move at first, so that a rest is left. */
async function refuseOne(server: Server): Promise<void> {
  await server.control("POST", "faults", { operation: "UpdateApplication", error: "ConcurrentModificationException", status: 400, message: "Not now.", count: 1 });
}

test("a new version of an app block takes its application along", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/app-blocks/qgis-ltr`);
  await page.getByRole("link", { name: "Applications", exact: true }).last().click();
  await expect(page.getByRole("row", { name: /QGIS LTR/ })).toContainText("hr-selfservice");
  await page.getByRole("link", { name: "New version…" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("qgis-ltr-2");
  await expect(page.getByRole("group", { name: "Move from qgis-ltr" })).toContainText("1 fleet");
  const box = page.getByRole("checkbox", { name: /QGIS LTR/ });
  await expect(box).toBeChecked();
  await box.uncheck();
  await expect(page.getByRole("button", { name: "Create", exact: true })).toBeVisible();
  await box.check();
  await page.getByLabel("Virtual hard disk or package").fill("s3://halden-appstream-apps/qgis-ltr/app-2.vhdx");
  await expect(page.getByText("Download app-2.vhdx")).toBeVisible();
  await expect(page.getByText(/change.* from qgis-ltr, not saved/)).toBeVisible();
  await expect(page.getByLabel("AWS CLI as text")).toContainText("update-application");
  await accessible(page);
  await refuseOne(server);
  await page.getByRole("button", { name: "Create and move 1 application" }).click();
  await expect(page.getByRole("alert")).toContainText("qgis-ltr-2 was created; 0 of 1 applications moved.");
  await page.getByRole("button", { name: "Create and move 1 application" }).click();
  await expect(page.getByRole("heading", { name: "qgis-ltr-2", level: 1 })).toBeVisible();
  await expect(page.getByRole("row", { name: /QGIS LTR/ })).toBeVisible();
});

test("an application is seen as users see it, and what is emptied is deleted by its word", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/applications/qgis-ltr/edit`);
  const rail = page.getByRole("complementary", { name: "Preview, changes and code" });
  await expect(rail.getByText("QGIS LTR")).toBeVisible();
  await page.getByLabel("Display name").fill("QGIS 3.40");
  await expect(rail.getByText("QGIS 3.40").first()).toBeVisible();
  await page.getByLabel("Launch parameters").fill("--fast");
  await page.getByLabel("Working directory").fill("C:\\Q");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("--fast").first()).toBeVisible();
  await page.getByRole("link", { name: "Edit…" }).click();
  await page.getByLabel("Launch parameters").fill("");
  await page.getByLabel("Working directory").fill("");
  await expect(page.locator("pre").first()).toContainText("--attributes-to-delete LAUNCH_PARAMETERS WORKING_DIRECTORY");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("heading", { name: "qgis-ltr", level: 1 })).toBeVisible();
  await expect(page.getByText("--fast")).toBeHidden();
});

test("a theme is drawn while it is typed", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/stacks/finance/branding`);
  await expect(page.getByRole("heading", { name: "When people sign in" })).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "Change theme…" }).click();
  await expect(page.getByLabel("Title text")).toHaveValue("Halden Finance");
  await page.getByLabel("Title text").fill("Halden Money");
  const rail = page.getByRole("complementary", { name: "Preview, changes and code" });
  await expect(rail.getByText("Halden Money").first()).toBeVisible();
  await page.getByLabel("Display name").first().fill("Help desk");
  await page.getByLabel(/Footer link URL/i).first().fill("https://help.halden.example");
  await expect(rail.getByText("Help desk").first()).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Help desk").first()).toBeVisible();
});

test("a streaming URL takes a validity, an application and the session's context", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/stacks/legal/url`);
  await page.getByLabel("Fleet name").fill("legal-research");
  await page.getByLabel("User", { exact: true }).fill("tester");
  await page.getByLabel("Application id").fill("Desktop");
  await page.getByLabel("Validity").fill("5 m");
  await page.getByLabel("Session context").fill("case=4711");
  await page.getByRole("button", { name: "Make URL" }).click();
  // The fleet streams applications; AWS says so, and nothing typed is lost.
  await expect(page.getByRole("alert").first()).toContainText("not the desktop");
  await expect(page.getByLabel("Session context")).toHaveValue("case=4711");
  await page.getByLabel("Application id").fill("LegalSearch");
  await page.getByRole("button", { name: "Make URL" }).click();
  await expect(page.getByRole("timer")).toContainText(/Opens for (5 m|4 m)/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("a new version is made with plain forms, and its rest is sent again", async ({ page, server }) => {
    await signIn(page, server, `${here}/app-blocks/qgis-ltr/new-version`);
    await expect(page.getByRole("checkbox", { name: /QGIS LTR/ })).toBeChecked();
    await page.getByLabel("Name", { exact: true }).fill("qgis-next");
    await refuseOne(server);
    await page.getByRole("button", { name: "Create and move 1 application" }).click();
    await expect(page.getByRole("alert")).toContainText("qgis-next was created; 0 of 1 applications moved.");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("qgis-next");
    await page.getByRole("button", { name: "Create and move 1 application" }).click();
    await expect(page.getByRole("heading", { name: "qgis-next", level: 1 })).toBeVisible();
    await expect(page.getByRole("row", { name: /QGIS LTR/ })).toBeVisible();
  });
});
