// Many users at once, what one person can open, months of licences, tags up to their limit.
import { open } from "../support/acts";
import { accessible, alive, expect, signIn, test } from "../support/test";

const here = "/111122223333/us-east-1";
const PASTE = "email,first name,last name,stacks\nnew.one@x.example,New,One,legal;training\nNEW.one@x.example\nnew.two@x.example,Ne'w,Two\nnew.three@x.example,,,nowhere";

test("a paste is checked, sent, corrected and sent again", async ({ signedIn: page, server }) => {
  await open(page, server, "/users");
  await page.getByRole("link", { name: "Import users…" }).click();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("Paste at least one line");
  await page.getByLabel("People, one a line").fill(PASTE);
  await page.getByRole("checkbox", { name: /mails each new user/ }).uncheck();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("1 ready, 3 need a change of 4 rows.");
  await expect(page.getByRole("row", { name: /NEW.one@x.example/ })).toContainText("Line 2 has it as new.one@x.example");
  await expect(page.getByRole("row", { name: /new.two/ })).toContainText("not “'”");
  await expect(page.getByRole("row", { name: /new.three/ })).toContainText("There is no stack nowhere.");
  await expect(page.getByLabel("AWS CLI as text")).toContainText("--message-action SUPPRESS");
  await accessible(page);
  await page.getByRole("button", { name: "Send 1 row" }).click();
  await expect(page.getByRole("alert")).toContainText("1 done, 3 not sent of 4 rows.");
  await expect(page.getByLabel("People, one a line")).not.toHaveValue(/legal/);
  await page.getByLabel("People, one a line").fill("new.one@x.example,New,One,legal\nnew.three@x.example,,,training");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("button", { name: "Send 2 rows" }).click();
  await expect(page.getByRole("alert")).toContainText("2 done of 2 rows.");
  await expect(page.getByLabel("People, one a line")).toHaveValue("");
  await open(page, server, `${here}/users/new.one@x.example`);
  await page.getByRole("link", { name: "What this person can open" }).click();
  await expect(page.getByRole("row", { name: /legal-research/ })).toBeVisible();
  await expect(page.getByText("Entitlements do not restrict users of the pool")).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "Disable…" }).click();
  await expect(page.getByRole("dialog")).toContainText("up to about an hour");
});

test("ticked users are assigned, disabled and enabled together", async ({ signedIn: page, server }) => {
  await open(page, server, "/users?q=an&is=CONFIRMED");
  const names = await page.getByRole("rowheader").allInnerTexts();
  await page.getByRole("checkbox", { name: `Select ${names[0]}` }).check();
  await page.getByRole("checkbox", { name: `Select ${names[1]}` }).check();
  const bar = page.getByRole("toolbar", { name: "Actions for 2 selected rows" });
  await expect(bar).toBeVisible();
  await accessible(page);
  await bar.getByRole("link", { name: "Assign stacks…", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Assign stacks, many users");
  await expect(page.getByLabel("User names, one a line")).toHaveValue(`${[names[0], names[1]].sort().join("\n")}`);
  await page.getByRole("checkbox", { name: "legal", exact: true }).check();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("2 ready of 2 rows.");
  await accessible(page);
  await page.getByRole("button", { name: "Assign stacks for 2 users" }).click();
  await expect(page.getByRole("alert")).toContainText("2 done of 2 rows.");
  await page.getByRole("navigation", { name: "What to do" }).getByRole("link", { name: "Disable" }).click();
  await expect(page.getByText("last up to about an hour").first()).toBeVisible();
  await page.getByLabel("User names, one a line").fill(`${names[0]}\nnobody@x.example`);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("row", { name: /nobody/ })).toContainText("There is no such user in the pool.");
  await page.getByRole("button", { name: "Disable for 1 user" }).click();
  await expect(page.getByRole("alert")).toContainText("1 done, 1 not sent of 2 rows.");
  await expect(page.getByLabel("User names, one a line")).toHaveValue("nobody@x.example");
  // All that match, wherever they are.
  await open(page, server, "/users");
  await page.getByRole("checkbox", { name: "Select all users that match" }).check();
  await expect(page.getByText("600 selected")).toBeVisible();
  await expect(page.getByText("at most 500 at once")).toBeVisible();
  await page.getByRole("button", { name: "Clear selection" }).click();
  await expect(page.getByText("600 selected")).toBeHidden();
});

test("licences have months, tags have fifty places", async ({ signedIn: page, server }) => {
  await open(page, server, "/licence-usage");
  await page.getByLabel("Month").selectOption({ index: 2 });
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/BillingPeriod=20\d\d-\d\d/);
  await alive(page);
  await accessible(page);
  await open(page, server, `${here}/stacks/legal/tag`);
  const tags = Array.from({ length: 51 }, (_, n) => `k${n}=v`);
  await page.getByLabel("Tags").fill(tags.join("\n"));
  await page.getByRole("button", { name: "Add tags" }).click();
  await expect(page.getByRole("alert")).toContainText(/Enter at most 50|AWS allows 50/);
  await page.getByLabel("Tags").fill(tags.slice(0, 45).join("\n"));
  await page.getByRole("button", { name: "Add tags" }).click();
  await expect(page.getByText(/^\d\d of 50$/)).toBeVisible();
  await page.getByRole("link", { name: "Add tags…" }).click();
  await page.getByLabel("Tags").fill("a=1\nb=1\nc=1\nd=1\ne=1\nf=1");
  await page.getByRole("button", { name: "Add tags" }).click();
  await expect(page.getByRole("alert")).toContainText("AWS allows 50");
});

test("an image builder says how long it runs, and where it is", async ({ signedIn: page, server }) => {
  await open(page, server, `${here}/image-builders/finance-win22`);
  await page.getByRole("link", { name: "Start…" }).click();
  await page.getByLabel("Agent version").fill("LATEST");
  await page.getByRole("button", { name: "Start" }).click();
  // The newest agent is installed on the way.
  await expect(page.getByText("Updating agent", { exact: true })).toBeVisible();
  await server.advance(3 * 3600);
  await open(page, server, `${here}/image-builders/finance-win22`);
  await expect(page.getByText(/^Running (2 h|3 h)/)).toBeVisible();
  await expect(page.getByText(/private/i).first()).toBeVisible();
  await page.getByRole("link", { name: "Software", exact: true }).click();
  await expect(page.getByRole("link", { name: "Add software…" })).toBeVisible();
  await open(page, server, "/image-builders");
  await expect(page.getByRole("row", { name: /finance-win22/ })).toContainText(/Running (2 h|3 h)/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("users are imported and assigned with plain forms", async ({ page, server }) => {
    await signIn(page, server, "/users/import");
    await page.getByLabel("People, one a line").fill(PASTE);
    await page.getByRole("button", { name: "Check" }).click();
    await expect(page.getByRole("alert")).toContainText("1 ready, 3 need a change of 4 rows.");
    await page.getByRole("button", { name: "Send 1 row" }).click();
    await expect(page.getByRole("alert")).toContainText("1 done, 3 not sent of 4 rows.");
    await expect(page.getByLabel("People, one a line")).toHaveValue(/new.three@x.example,,,nowhere/);
    await page.goto(`${server.url}/users?q=new.one`);
    await page.getByRole("checkbox", { name: "Select new.one@x.example" }).check();
    await page.getByRole("button", { name: "Unassign stacks…" }).click();
    await page.getByRole("checkbox", { name: "training", exact: true }).check();
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByRole("button", { name: "Unassign stacks for 1 user" }).click();
    await expect(page.getByRole("alert")).toContainText("1 done of 1 row.");
    await page.goto(`${server.url}${here}/users/new.one@x.example/stacks`);
    await expect(page.getByRole("link", { name: "legal" })).toBeVisible();
    await expect(page.getByRole("link", { name: "training" })).toBeHidden();
  });
});

test("what an import came to is readable in both themes at each width", async ({ signedIn: page, server }) => {
  await open(page, server, "/users/import");
  await page.getByLabel("People, one a line").fill(PASTE);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("1 ready");
  const looked = async () => {
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await accessible(page);
      }
    }
  };
  await looked();
  await page.getByRole("button", { name: "Send 1 row" }).click();
  await expect(page.getByRole("alert")).toContainText("1 done");
  await looked();
});
