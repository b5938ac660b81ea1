// Every operation of the API through what a person sees. Each test says which operations AppStream was asked for; the table
// server/docs/coverage.md names the test of each operation, and a Rust test compares the two.
import { act, enact, base, called, fill, here, open, send } from "../support/acts";
import { expect, test } from "../support/test";

test.use({ start: { seed: "empty" } });

const elastic = { "Fleet type": "Elastic", Platform: "Amazon Linux 2", "Max concurrent sessions": "5", Subnets: "subnet-0a1f3c55\nsubnet-0b71c4e2" };

async function heading(page: import("@playwright/test").Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("a multi-session fleet's whole life", async ({ signedIn: page, server }) => {
  test.slow();
  await open(page, server, "/fleets");
  await act(page, "Create fleet…", "Create", {
    Name: "desk", "Instance type": "stream.standard.medium", "Image name": base, "Max sessions per instance": "2", Subnets: "subnet-0a1f3c55", Tags: "team=desk",
  });
  // Only the field that fits the fleet is missing, and the form says so there.
  await expect(page.locator("#field-ComputeCapacity\\.DesiredSessions")).toBeFocused();
  await send(page, "Create", { Sessions: "4" });
  await heading(page, "desk");
  await act(page, "Edit…", "Save changes", { "Display name": "Desks", "Idle disconnect timeout": "2 m" });
  await heading(page, "desk");
  await page.getByRole("link", { name: "Tags", exact: true }).click();
  await expect(page.getByRole("cell", { name: "desk", exact: true })).toBeVisible();
  await act(page, "Add tags…", "Add tags", { Tags: "cost=42" });
  await page.getByRole("row", { name: /cost/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove tag");
  await expect(page.getByRole("cell", { name: "cost" })).toBeHidden();
  // A stack for it, and a session.
  await open(page, server, "/stacks");
  await act(page, "Create stack…", "Create", { Name: "work", "Display name": "Work" });
  await heading(page, "work");
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Fleets" }).click();
  await act(page, "Associate fleet…", "Associate", { "Fleet name": "desk" });
  await expect(page.getByRole("link", { name: "desk", exact: true })).toBeVisible();
  await open(page, server, `${here}/fleets/desk`);
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("Starting", { exact: true }).first()).toBeVisible();
  await server.advance(1800);
  await expect(page.getByTitle("RUNNING", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await page.getByRole("link", { name: "Stacks", exact: true }).last().click();
  await expect(page.getByRole("link", { name: "work", exact: true })).toBeVisible();
  await open(page, server, `${here}/stacks/work`);
  await act(page, "Streaming URL…", "Make URL", { "Fleet name": "desk", User: "ana", "Session context": "ticket 4711" });
  await expect(page.getByText("parameters=••••••••")).toBeVisible();
  await expect(page.getByRole("timer")).toContainText("Opens for");
  const session = await server.control("POST", "sessions", { StackName: "work", FleetName: "desk", UserId: "ana" });
  await server.control("POST", "sessions", { StackName: "work", FleetName: "desk", UserId: "ben" });
  await open(page, server, "/sessions");
  await expect(page.getByRole("row", { name: /ana/ })).toBeVisible({ timeout: 30_000 });
  await open(page, server, `${here}/sessions/${session.Id}`);
  await act(page, "Drain instance…", "Drain");
  await expect(page.getByRole("dialog")).toBeHidden();
  await act(page, "Expire…", "Expire session");
  await expect(page.getByRole("dialog")).toBeHidden();
  await open(page, server, `${here}/fleets/desk?do=stop`);
  await send(page, "Stop fleet");
  await expect(page.getByText("Stopping", { exact: true }).first()).toBeVisible();
  await server.advance(900);
  await expect(page.getByText("Stopped", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  // What stands in the way is told, with the way to it.
  await open(page, server, `${here}/fleets/desk?do=delete`);
  await expect(page.getByRole("dialog")).toContainText("It serves stack work.");
  await page.getByRole("link", { name: /Go there/ }).click();
  await page.getByRole("row", { name: /desk/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove fleet");
  await expect(page.getByText("No fleet yet: nobody can stream from it.")).toBeVisible();
  await open(page, server, `${here}/fleets/desk?do=delete`);
  await send(page, "Delete", { "Type desk to confirm": "desk" });
  await heading(page, "Fleets");
  await open(page, server, `${here}/stacks/work?do=delete`);
  await send(page, "Delete", { "Type work to confirm": "work" });
  await heading(page, "Stacks");
  await called(server, "CreateFleet", "DescribeFleets", "UpdateFleet", "StartFleet", "StopFleet", "DeleteFleet", "TagResource", "UntagResource", "ListTagsForResource",
    "CreateStack", "DescribeStacks", "DeleteStack", "AssociateFleet", "DisassociateFleet", "ListAssociatedFleets", "ListAssociatedStacks",
    "CreateStreamingURL", "DescribeSessions", "DrainSessionInstance", "ExpireSession");
});

test("a stack is changed, branded, entitled, and people of the pool come and go", async ({ signedIn: page, server }) => {
  test.slow();
  await open(page, server, "/stacks");
  await act(page, "Create stack…", "Create", { Name: "work" });
  await act(page, "Edit…", "Save changes", { "Display name": "Work place" });
  await heading(page, "work");
  await page.getByRole("link", { name: "Theme" }).click();
  await act(page, "Create theme…", "Create theme", {
    "Title text": "Work", "Theme styling": "Blue", "Organization logo S3 location": "s3://brand/logo.png", "Favicon S3 location": "s3://brand/icon.png",
  });
  await act(page, "Change theme…", "Save changes", { "Theme styling": "Red" });
  await page.getByRole("link", { name: "Delete theme…" }).click();
  await send(page, "Delete theme");
  await expect(page.getByText("AWS’s own look.")).toBeVisible();
  await open(page, server, "/users");
  await act(page, "Create user…", "Create", { "User name": "ana@example.com", "First name": "Ana", "Last name": "Conti" });
  await heading(page, "ana@example.com");
  await act(page, "Resend invitation…", "Resend");
  await act(page, "Disable…", "Disable");
  await expect(page.getByRole("dialog")).toBeHidden();
  await act(page, "Enable…", "Enable");
  await expect(page.getByRole("dialog")).toBeHidden();
  await open(page, server, `${here}/users/ana@example.com/stacks`);
  await act(page, "Assign stack…", "Assign", { "Stack name": "work" });
  await open(page, server, `${here}/stacks/work/users`);
  await page.getByRole("row", { name: /ana@example.com/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove user");
  await expect(page.getByText("No user of the pool.")).toBeVisible();
  await open(page, server, `${here}/users/ana@example.com?do=delete`);
  await send(page, "Delete", { "Type ana@example.com to confirm": "ana@example.com" });
  await heading(page, "Users");
  await open(page, server, "/entitlements");
  await act(page, "Create entitlement…", "Create", { Name: "staff", "Stack name": "work", "Applications seen": "Associated" });
  await send(page, "Create", { Value: "staff" });
  await expect(page.locator("#field-Attributes\\.0\\.Name")).toBeFocused();
  await page.locator("#field-Attributes\\.0\\.Name").fill("roles");
  await send(page, "Create");
  await page.getByRole("link", { name: /staff/ }).click();
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Applications" }).click();
  await act(page, "Add application…", "Add", { Application: "Editor" });
  await page.getByRole("row", { name: /Editor/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove");
  await expect(page.getByText("None listed.")).toBeVisible();
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Overview" }).click();
  await act(page, "Edit…", "Save changes", { Description: "All staff" });
  await expect(page.getByText("All staff", { exact: true })).toBeVisible();
  await act(page, "Delete…", "Delete", { "Type staff to confirm": "staff" });
  await heading(page, "Entitlements");
  await called(server, "UpdateStack", "CreateThemeForStack", "UpdateThemeForStack", "DescribeThemeForStack", "DeleteThemeForStack",
    "CreateUser", "DescribeUsers", "DisableUser", "EnableUser", "DeleteUser", "BatchAssociateUserStack", "BatchDisassociateUserStack", "DescribeUserStackAssociations",
    "CreateEntitlement", "DescribeEntitlements", "UpdateEntitlement", "DeleteEntitlement", "AssociateApplicationToEntitlement", "DisassociateApplicationFromEntitlement", "ListEntitledApplications");
});

test("an app block is packaged by a builder, and an application of it reaches an Elastic fleet", async ({ signedIn: page, server }) => {
  test.slow();
  await open(page, server, "/app-blocks");
  await act(page, "Create app block…", "Create", {
    Name: "editor", "Virtual hard disk or package": "s3://apps-bucket/editor.vhdx", Script: "s3://apps-bucket/mount.sh", "Program that runs it": "/bin/sh", "Time limit": "60",
  });
  await heading(page, "editor");
  await open(page, server, "/app-blocks");
  await page.getByRole("link", { name: "Create app block…" }).click();
  await fill(page, { "Packaging type": "AppStream 2.0" });
  await send(page, "Create", { Name: "recorded", "Virtual hard disk or package": "s3://apps-bucket" });
  await heading(page, "recorded");
  await open(page, server, "/app-block-builders");
  await act(page, "Create app block builder…", "Create", {
    Name: "packer", Platform: "Windows Server 2019", "Instance type": "stream.standard.large", Subnets: "subnet-0a1f3c55\nsubnet-0b71c4e2",
  });
  await act(page, "Edit…", "Save changes", { "Display name": "Packer" });
  await heading(page, "packer");
  await open(page, server, `${here}/app-blocks/recorded/builders`);
  await act(page, "Package in a builder…", "Associate", { "App block builder name": "packer" });
  await expect(page.getByRole("link", { name: "packer" })).toBeVisible();
  await open(page, server, `${here}/app-block-builders/packer`);
  await enact(page, "Start…", "Start");
  await server.advance(900);
  await expect(page.getByTitle("RUNNING", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await act(page, "Connect…", "Make URL");
  await expect(page.getByText("parameters=••••••••")).toBeVisible();
  await open(page, server, `${here}/app-block-builders/packer`);
  await enact(page, "Stop…", "Stop");
  await server.advance(900);
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible({ timeout: 20_000 });
  await open(page, server, `${here}/app-blocks/recorded/builders`);
  await page.getByRole("row", { name: /packer/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove");
  await expect(page.getByText("None.")).toBeVisible();
  await open(page, server, `${here}/app-block-builders/packer?do=delete`);
  await send(page, "Delete", { "Type packer to confirm": "packer" });
  await heading(page, "App block builders");
  await open(page, server, "/applications");
  await act(page, "Create application…", "Create", {
    Name: "editor", Icon: "s3://apps-bucket/icon.png", "Launch path": "/opt/editor", "Amazon Linux 2": true, "General purpose": true,
    "App block": "arn:aws:appstream:us-east-1:111122223333:app-block/editor", "Launch parameters": "--fast",
  });
  await heading(page, "editor");
  await act(page, "Edit…", "Save changes", { "Launch parameters": "", "Display name": "Editor" });
  await expect(page.getByText("--fast")).toBeHidden();
  await open(page, server, "/fleets");
  await page.getByRole("link", { name: "Create fleet…" }).click();
  await fill(page, elastic);
  await send(page, "Create", { Name: "elastic", "Instance type": "stream.standard.small" });
  await heading(page, "elastic");
  await open(page, server, `${here}/applications/editor/fleets`);
  await act(page, "Add to fleet…", "Add", { "Fleet name": "elastic" });
  await expect(page.getByRole("link", { name: "elastic" })).toBeVisible();
  await open(page, server, `${here}/applications/editor?do=delete`);
  await expect(page.getByRole("dialog")).toContainText("It is on fleet elastic.");
  await expect(page.getByRole("button", { name: "Delete", exact: true })).toBeDisabled();
  await open(page, server, `${here}/fleets/elastic/applications`);
  await page.getByRole("row", { name: /editor/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Remove");
  await expect(page.getByText("Only Elastic fleets have some.")).toBeVisible();
  for (const [kind, name] of [["applications", "editor"], ["app-blocks", "editor"]] as const) {
    await open(page, server, `${here}/${kind}/${name}?do=delete`);
    await send(page, "Delete", { [`Type ${name} to confirm`]: name });
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await called(server, "CreateAppBlock", "DescribeAppBlocks", "DeleteAppBlock", "CreateAppBlockBuilder", "DescribeAppBlockBuilders", "UpdateAppBlockBuilder", "StartAppBlockBuilder",
    "StopAppBlockBuilder", "DeleteAppBlockBuilder", "CreateAppBlockBuilderStreamingURL", "AssociateAppBlockBuilderAppBlock", "DisassociateAppBlockBuilderAppBlock",
    "DescribeAppBlockBuilderAppBlockAssociations", "CreateApplication", "DescribeApplications", "UpdateApplication", "DeleteApplication", "AssociateApplicationFleet",
    "DisassociateApplicationFleet", "DescribeApplicationFleetAssociations");
});

test("an image is built with licensed software, copied, updated, shared, exported, imported and deleted", async ({ signedIn: page, server }) => {
  test.slow();
  await open(page, server, "/image-builders");
  await act(page, "Create image builder…", "Create", { Name: "forge", "Instance type": "stream.standard.medium", "Image name": base });
  await heading(page, "forge");
  await server.advance(900);
  await expect(page.getByTitle("RUNNING", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await act(page, "Connect…", "Make URL", { Validity: "10 m" });
  await expect(page.getByRole("timer")).toContainText("Opens for");
  await open(page, server, `${here}/image-builders/forge/licensed`);
  await act(page, "Add software…", "Stage", { "Microsoft Office 2021 LTSC Standard, 64-bit": true });
  await expect(page.getByText("Staged for installation")).toBeVisible();
  await act(page, "Deploy…", "Deploy");
  await expect(page.getByText("Pending installation")).toBeVisible();
  await server.advance(1200);
  await open(page, server, `${here}/image-builders/forge/licensed`);
  await expect(page.getByText("Installed", { exact: true })).toBeVisible();
  await page.getByRole("row", { name: /Office 2021/ }).getByRole("link", { name: "Remove" }).click();
  await send(page, "Stage removal");
  await expect(page.getByText("Staged for uninstallation")).toBeVisible();
  await act(page, "Deploy…", "Deploy");
  await expect(page.getByText("Pending uninstallation")).toBeVisible();
  await server.advance(1200);
  await open(page, server, `${here}/image-builders/forge`);
  await expect(page.getByTitle("RUNNING", { exact: true })).toBeVisible({ timeout: 20_000 });
  await server.control("POST", "images", { ImageBuilderName: "forge", ImageName: "gold" });
  await server.advance(9000);
  await open(page, server, `${here}/image-builders/forge`);
  await enact(page, "Start…", "Start");
  await server.advance(900);
  await expect(page.getByTitle("RUNNING", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  // UpdateImageBuilder is not in the SDK yet: the console hands out the command.
  await page.getByRole("link", { name: "Edit…" }).click();
  await fill(page, { "Display name": "Forge" });
  await expect(page.locator("pre").first()).toContainText("aws appstream update-image-builder");
  await expect(page.locator("pre").first()).toContainText("--display-name Forge");
  await page.evaluate(() => window.addEventListener("beforeunload", (e) => e.stopImmediatePropagation(), true));
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("link", { name: "Discard" }).click();
  await enact(page, "Stop…", "Stop");
  await server.advance(900);
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible({ timeout: 20_000 });
  await act(page, "Delete…", "Delete", { "Type forge to confirm": "forge" });
  await heading(page, "Image builders");
  await open(page, server, `${here}/images/gold`);
  await act(page, "Copy to Region…", "Copy", { "Destination image name": "gold-copy", "To Region": "us-east-1" });
  await open(page, server, `${here}/images/gold`);
  await act(page, "Check for updates…", "Check for updates");
  await expect(page.getByRole("alert")).toContainText("the image can be updated");
  await open(page, server, `${here}/images/gold`);
  await act(page, "Update…", "Update", { "Name of the new image": "gold-2" });
  await heading(page, "gold-2");
  await open(page, server, `${here}/images/gold`);
  await act(page, "Export…", "Export", { "Name of the new AMI": "gold-ami", "IAM role": "arn:aws:iam::111122223333:role/Export" });
  await open(page, server, "/image-exports");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await expect(page.getByText("gold-ami").first()).toBeVisible();
  await open(page, server, `${here}/images/gold/sharing`);
  await page.getByRole("link", { name: "Share…" }).click();
  await page.getByLabel("Add an account").fill("4444 5555 6666");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("row", { name: /444455556666/ })).toBeVisible();
  await open(page, server, `${here}/images/gold?do=delete`);
  await expect(page.getByRole("dialog")).toContainText("It is shared with account 444455556666.");
  await open(page, server, `${here}/images/gold/sharing`);
  await page.getByRole("row", { name: /444455556666/ }).getByRole("link", { name: "Withdraw…" }).click();
  await send(page, "Save 1 change", { "Type 444455556666 to confirm": "444455556666" });
  await expect(page.getByText("Shared with no account.")).toBeVisible();
  await server.advance(20_000);
  await open(page, server, `${here}/images/gold?do=delete`);
  await send(page, "Delete", { "Type gold to confirm": "gold" });
  await heading(page, "Images");
  await act(page, "Import image…", "Check", {
    Name: "mine", "Source AMI": "ami-0123456789abcdef0", "IAM role": "arn:aws:iam::111122223333:role/Import",
  });
  await expect(page.getByRole("alert")).toContainText("The check succeeded");
  await send(page, "Import");
  await heading(page, "mine");
  await called(server, "CreateImageBuilder", "DescribeImageBuilders", "StartImageBuilder", "StopImageBuilder", "DeleteImageBuilder", "CreateImageBuilderStreamingURL",
    "AssociateSoftwareToImageBuilder", "DisassociateSoftwareFromImageBuilder", "StartSoftwareDeploymentToImageBuilder", "DescribeSoftwareAssociations",
    "CopyImage", "CreateUpdatedImage", "CreateExportImageTask", "ListExportImageTasks", "GetExportImageTask", "UpdateImagePermissions", "DeleteImagePermissions",
    "DescribeImagePermissions", "DescribeImages", "DeleteImage", "CreateImportedImage");
});

test("directory configs, usage reports and licence usage", async ({ signedIn: page, server }) => {
  await open(page, server, "/directory-configs");
  await act(page, "Create directory config…", "Create", {
    "Directory (domain name)": "corp.example.com", "Organisational units": "OU=a,DC=corp", "Account name": "svc", "Account password": "canary-4711",
  });
  await heading(page, "corp.example.com");
  await act(page, "Edit…", "Save changes", { "Organisational units": "OU=a,DC=corp\nOU=b,DC=corp" });
  await expect(page.getByText("OU=b,DC=corp").first()).toBeVisible();
  await act(page, "Delete…", "Delete", { "Type corp.example.com to confirm": "corp.example.com" });
  await heading(page, "Directory configs");
  await open(page, server, "/usage-reports");
  await act(page, "Subscribe…", "Subscribe");
  await page.getByRole("rowheader").getByRole("link").click();
  await page.getByRole("link", { name: "Unsubscribe…" }).click();
  const confirm = page.getByLabel(/^Type .* to confirm$/);
  const words = (await page.getByText(/^Type .* to confirm$/).innerText()).replace(/^Type (.*) to confirm$/, "$1");
  await confirm.fill(words);
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await expect(page.getByText("No usage report subscription yet")).toBeVisible();
  await open(page, server, "/licence-usage");
  await expect(page.getByRole("heading", { name: "Licence usage", level: 1 })).toBeVisible();
  await called(server, "CreateDirectoryConfig", "DescribeDirectoryConfigs", "UpdateDirectoryConfig", "DeleteDirectoryConfig",
    "CreateUsageReportSubscription", "DescribeUsageReportSubscriptions", "DeleteUsageReportSubscription", "DescribeAppLicenseUsage");
});
