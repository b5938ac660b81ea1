// Long acts: many sessions or fleets at once, watched, held, gone on with after a crash, and taken back.
import { open } from "../support/acts";
import { accessible, alive, expect, signIn, test } from "../support/test";

/** AppStream takes so long for each session. */
const slow = { operation: "ExpireSession", latency_ms: 400, probability: 1.0 };

test("many sessions end as a job that is watched, paused, survives a crash, and is stopped", async ({ signedIn: page, server }) => {
  // How many people there are depends on the hour of the day.
  await server.control("POST", "load", { StackName: "contact-centre", FleetName: "callcentre-ie", count: 80, churn_per_minute: 0 });
  await open(page, server, "/sessions?fleet=callcentre-ie");
  await expect(page.getByRole("table", { name: "Sessions" })).toHaveAttribute("aria-rowcount", /^([6-9]\d|1\d\d)$/, { timeout: 30_000 });
  await server.control("POST", "faults", slow);
  await page.getByRole("heading", { name: "Sessions" }).click();
  for (const key of ["j", "x", ...Array.from({ length: 51 }, () => "j"), "X"]) await page.keyboard.press(key);
  const bar = page.getByRole("toolbar");
  await expect(bar).toContainText("52 selected");
  await bar.getByRole("link", { name: /Expire/ }).click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByLabel(/^Type “expire 52”/);
  if (await confirm.isVisible()) await confirm.fill("expire 52");
  await dialog.getByRole("button", { name: "Expire 52 sessions" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Expire 52 sessions" })).toBeVisible({ timeout: 10_000 });
  await expect(page).toHaveURL(`${server.url}/jobs/1`);
  // It goes on before one's eyes.
  const progress = page.getByText(/^\d+ of 52 done/);
  const before = Number.parseInt(await progress.innerText());
  await expect.poll(async () => Number.parseInt(await progress.innerText())).toBeGreaterThan(before);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await expect(page.locator("main")).toContainText("Paused");
  await accessible(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  // The server dies and comes back: the job is as it was, and goes on.
  await server.kill();
  await server.revive();
  await server.control("POST", "faults", slow);
  await page.reload();
  await alive(page);
  const later = Number.parseInt(await progress.innerText());
  expect(later).toBeGreaterThanOrEqual(before);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.poll(async () => Number.parseInt(await progress.innerText()), { timeout: 15_000 }).toBeGreaterThan(later);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator("main")).toContainText("Stopped");
  await page.getByRole("navigation", { name: "Which are shown" }).getByRole("link", { name: /^Not sent/ }).click();
  await expect(page).toHaveURL(/only=left/);
  await expect(page.getByRole("row", { name: /Not sent/ }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /Done/ })).toHaveCount(0);
  await server.control("DELETE", "faults");
  await page.getByRole("button", { name: "Send the rest again" }).click();
  await expect(page.getByText("52 of 52 done")).toBeVisible();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Jobs" }).click();
  await expect(page.getByRole("row", { name: /Expire 52 sessions/ })).toContainText("52 of 52 done");
  await accessible(page);
});

test("an image is rolled out to fleets and taken back", async ({ signedIn: page, server }) => {
  await open(page, server, "/fleets");
  await page.getByRole("link", { name: "Roll out an image…" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Roll out an image" })).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByText("Choose an image.")).toBeVisible();
  await expect(page.getByText("Choose at least one fleet")).toBeVisible();
  const image = page.getByLabel("Image", { exact: true });
  const other = await image.locator("option", { hasText: "WINDOWS_SERVER_2022" }).first().getAttribute("value");
  await image.selectOption(other);
  await page.getByRole("checkbox", { name: /^finance-desktop/ }).check();
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert")).toContainText("1 ready of 1 row.");
  await expect(page.getByLabel("AWS CLI as text")).toContainText("aws appstream update-fleet");
  await page.getByRole("button", { name: "Roll out to 1 fleet" }).click();
  await expect(page.getByRole("alert")).toContainText("1 done of 1 row.");
  await page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("link", { name: "Roll out an image to 1 fleet" }).click();
  await page.getByRole("link", { name: /^Roll finance-desktop back to/ }).click();
  await expect(page.getByRole("checkbox", { name: /^finance-desktop/ })).toBeChecked();
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("button", { name: "Roll out to 1 fleet" }).click();
  await expect(page.getByRole("alert")).toContainText("1 done of 1 row.");
});

test("whoever may not do it sees it and cannot steer it", async ({ page, server }) => {
  const password = server.account("vera", "viewer");
  await signIn(page, server, "/jobs", { name: "vera", password });
  await expect(page.getByText("No jobs yet.")).toBeVisible();
  await alive(page);
  await accessible(page);
});
