// Images: the catalogue's filters, where an image comes from, sharing one and many, the checks before an update and an import.
import { open } from "../support/acts";
import { accessible, expect, password, test } from "../support/test";

const here = "/111122223333/us-east-1/images";
const finance = "finance-win22-2026-03-10";

test("the catalogue is narrowed by who an image is for and by what it needs", async ({ signedIn: page, server }) => {
  await open(page, server, "/images");
  await page.getByRole("navigation", { name: "Quick filters" }).getByRole("link", { name: /^Shared with others/ }).click();
  await expect(page).toHaveURL(/is=SHARED_OUT/);
  await expect(page.getByRole("rowheader")).toHaveCount(3);
  await page.getByRole("navigation", { name: "Quick filters" }).getByRole("link", { name: /^Private/ }).click();
  await page.getByRole("link", { name: /^Failed/ }).click();
  await expect(page).toHaveURL(/is=PRIVATE.*has=failed/);
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  await page.getByRole("link", { name: /^Update available/ }).click();
  await expect(page.getByRole("row", { name: /finance-win22-2026-06-02/ })).toContainText("1 newer");
  await page.goBack();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
});

test("an image says where it comes from, who is on it, and why it failed", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/${finance}/lineage`);
  const tree = page.getByRole("main").getByRole("list").first();
  for (const name of ["win22-gold-2025-09", "finance-win22-2025-09-12", "finance-win22-2025-12-01", finance]) {
    await expect(tree.getByRole("link", { name, exact: true })).toBeVisible();
  }
  await expect(tree.getByText("this image")).toBeVisible();
  await accessible(page);
  await tree.getByRole("link", { name: "finance-win22-2026-06-02" }).click();
  await expect(page.getByRole("heading", { name: "finance-win22-2026-06-02", level: 1 })).toBeVisible();
  await open(page, server, `${here}/${finance}/used-by`);
  await expect(page.getByRole("row", { name: /finance-desktop/ })).toContainText(/people|person|Nobody/);
  await expect(page.getByRole("link", { name: "finance-win22", exact: true })).toBeVisible();
  await open(page, server, `${here}/erp-win19-updated`);
  await expect(page.getByText("AWS could not make a newer image of it.")).toBeVisible();
});

test("one image is shared, changed and withdrawn with keys alone", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/${finance}/sharing`);
  await page.getByRole("link", { name: "Share…" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: `Share ${finance}` });
  const field = dialog.getByLabel("Add an account");
  await expect(field).toBeFocused();
  await page.keyboard.type("7777 8888 999");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("An account number has 12 digits; this has 11.")).toBeVisible();
  await page.keyboard.type("9");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("added", { exact: true })).toBeVisible();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("");
  await expect(dialog.getByRole("status").filter({ hasText: "1 to add" })).toBeVisible();
  await dialog.getByRole("checkbox", { name: `Image builders of 777788889999 may use ${finance}` }).focus();
  await page.keyboard.press("Space");
  await dialog.getByRole("button", { name: "Remove 444455556666" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("1 to add, 1 to remove")).toBeVisible();
  await expect(dialog.getByText("desired capacity of 0")).toBeVisible();
  await dialog.getByText("As code").press("Enter");
  const command = dialog.getByRole("region", { name: "AWS CLI as text" });
  await expect(command).toContainText(`{"allowFleet":true,"allowImageBuilder":true}`);
  await expect(command).toContainText("delete-image-permissions");
  await dialog.getByRole("button", { name: "boto3" }).press("Enter");
  await expect(dialog.getByRole("region", { name: "boto3 as text" })).toContainText("print(appstream.delete_image_permissions(");
  await accessible(page);
  await dialog.getByRole("button", { name: "Keep 444455556666" }).press("Enter");
  await expect(dialog.getByText("1 to add", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "Remove 444455556666" }).press("Enter");
  await dialog.getByRole("button", { name: "Save 2 changes" }).press("Enter");
  await expect(dialog.getByLabel("Type 444455556666 to confirm")).toBeFocused();
  await page.keyboard.type("4444 5555 6666");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /777788889999/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /444455556666/ })).toBeHidden();
  await page.getByRole("row", { name: /777788889999/ }).getByRole("link", { name: "Withdraw…" }).click();
  await expect(page.getByRole("dialog").getByText("1 to remove")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("many images are shared at once; what AWS refuses stays staged with its reason", async ({ signedIn: page, server }) => {
  await open(page, server, "/images");
  await page.getByRole("link", { name: "Sharing" }).click();
  await expect(page.getByRole("heading", { name: "Sharing", level: 1 })).toBeVisible();
  await page.getByLabel("Add an account").fill("111122223333");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("This is the account that owns the image.")).toBeVisible();
  await page.getByLabel("Add an account").fill("2222 3333 4444");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const box = (what: string, who: string, image: string) => page.getByRole("checkbox", { name: `${what} of ${who} may use ${image}`, exact: true });
  await box("Fleets", "222233334444", "win22-gold-2026-01").check();
  await box("Image builders", "222233334444", finance).check();
  await page.getByLabel("Filter images").fill("cad");
  await expect(box("Fleets", "222233334444", "win22-gold-2026-01")).toBeHidden();
  await box("Fleets", "777788889999", "cad-win22-2026-02-18").check();
  await box("Image builders", "777788889999", "cad-win22-2026-02-18").uncheck();
  await expect(page.getByText("2 to add, 1 to change")).toBeVisible();
  await accessible(page);
  await server.control("POST", "faults", { operation: "UpdateImagePermissions", error: "LimitExceededException", status: 400, message: "Too many accounts.", count: 1 });
  await page.getByRole("button", { name: "Apply 3 changes" }).click();
  await expect(page.getByRole("alert")).toContainText("2 of 3 changes were made; the others stay staged.");
  await expect(page.getByRole("alert")).toContainText("Too many accounts.");
  await page.getByRole("button", { name: "Apply 1 change", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Every change was made.");
  await page.getByLabel("Filter images").fill("");
  await expect(box("Fleets", "222233334444", "win22-gold-2026-01")).toBeChecked();
  await expect(box("Image builders", "222233334444", finance)).toBeChecked();
});

test("an update and an import are checked before they are done", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/${finance}`);
  await page.getByRole("link", { name: "Check for updates…" }).click();
  await page.getByRole("button", { name: "Check for updates" }).click();
  await expect(page.getByRole("alert")).toContainText("the image can be updated");
  await page.getByRole("dialog").getByRole("link", { name: "Update…" }).click();
  await page.getByLabel("Name of the new image").fill("finance-updated");
  await page.getByRole("button", { name: "Update", exact: true }).click();
  await expect(page.getByRole("heading", { name: "finance-updated", level: 1 })).toBeVisible();
  await expect(page.getByText("Creating", { exact: true })).toBeVisible();
  await open(page, server, "/images/import");
  await page.locator("#field-Name").fill("imported");
  await page.getByLabel("Source AMI").fill("ami-encrypted");
  await page.getByLabel("IAM role").fill("arn:aws:iam::111122223333:role/Import");
  await expect(page.getByRole("button", { name: "Import", exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "Import", exact: true })).toBeHidden();
  await page.getByLabel("Source AMI").fill("ami-0123456789abcdef0");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("The check succeeded");
  await page.locator("#field-Name").fill("imported-2");
  await expect(page.getByRole("button", { name: "Import", exact: true })).toBeHidden();
  await page.locator("#field-Name").fill("imported");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "imported", level: 1 })).toBeVisible();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test.beforeEach(async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel("User name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(`${server.url}/`);
  });

  test("an image is shared and withdrawn in the dialog", async ({ page, server }) => {
    await page.goto(`${server.url}${here}/${finance}/sharing?do=share`);
    await page.getByLabel("Add an account").fill("7777 8888 9999");
    await page.getByRole("checkbox", { name: /^Fleets of 444455556666/ }).uncheck();
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByRole("alert").first()).toContainText("Type 444455556666 to confirm.");
    await expect(page.getByRole("checkbox", { name: /^Fleets of 444455556666/ })).not.toBeChecked();
    await page.getByLabel("Type 444455556666 to confirm").fill("444455556666");
    await page.getByRole("button", { name: /^Save/ }).click();
    await expect(page.getByRole("alert").first()).toContainText("Every change was made.");
    await expect(page.getByRole("checkbox", { name: /^Fleets of 777788889999/ })).toBeChecked();
  });

  test("the matrix is a form", async ({ page, server }) => {
    await page.goto(`${server.url}/images/sharing?q=gold`);
    await page.getByLabel("Add an account").fill("222233334444");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("checkbox", { name: "Fleets of 222233334444 may use win22-gold-2025-09" }).check();
    await page.getByRole("button", { name: /^Apply/ }).click();
    await expect(page.getByRole("alert").first()).toContainText("Every change was made.");
    await expect(page.getByRole("checkbox", { name: "Fleets of 222233334444 may use win22-gold-2025-09" })).toBeChecked();
  });

  test("an import is checked first", async ({ page, server }) => {
    await page.goto(`${server.url}/images/import`);
    await page.locator("#field-Name").fill("imported");
    await page.getByLabel("Source AMI").fill("ami-0123456789abcdef0");
    await page.getByLabel("IAM role").fill("arn:aws:iam::111122223333:role/Import");
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("The check succeeded");
    await expect(page.getByLabel("Source AMI")).toHaveValue("ami-0123456789abcdef0");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await expect(page.getByRole("heading", { name: "imported", level: 1 })).toBeVisible();
  });
});
