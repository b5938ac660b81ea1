import { accessible, alive, expect, signIn, test } from "../support/test";

/** A call of the AppStream API by another client than the console. */
async function call(aws: string, operation: string, input: object): Promise<any> {
  const headers = { "x-amz-target": `PhotonAdminProxyService.${operation}`, "content-type": "application/x-amz-json-1.1" };
  return (await fetch(aws, { method: "POST", headers, body: JSON.stringify(input) })).json();
}

test("the whole life of a session, rehearsed with two tabs", async ({ page, server, context }) => {
  test.slow();
  const url = (await call(server.aws, "CreateStreamingURL", { StackName: "legal", FleetName: "legal-research", UserId: "rehearsal", Validity: 600 })).StreamingURL;
  expect(url.startsWith(server.aws)).toBe(true);
  await signIn(page, server, "/sessions?q=rehearsal");
  await alive(page);
  await expect(page.getByText("No session matches")).toBeVisible();

  const desktop = await context.newPage();
  await desktop.goto(url);
  await expect(desktop.getByRole("heading", { name: "Your instance is being made ready" })).toBeVisible();
  await accessible(desktop);
  await server.advance(120);
  await expect(desktop.getByRole("heading", { name: "You are streaming" })).toBeVisible();
  await accessible(desktop);
  const row = page.getByRole("row").filter({ hasText: "rehearsal" });
  await expect(row).toContainText("Connected", { timeout: 30_000 });

  await desktop.getByRole("button", { name: "Disconnect" }).click();
  await expect(desktop.getByRole("heading", { name: "You are disconnected" })).toBeVisible();
  await expect(row).toContainText("Not connected", { timeout: 30_000 });
  await desktop.getByRole("button", { name: "Reconnect" }).click();
  await expect(desktop.getByRole("heading", { name: "You are streaming" })).toBeVisible();

  await desktop.close({ runBeforeUnload: true });
  await expect(row).toContainText("Not connected", { timeout: 30_000 });
  const again = await context.newPage();
  await again.goto(url);
  await expect(again.getByRole("heading", { name: "You are streaming" })).toBeVisible();
  await again.getByRole("button", { name: "End session" }).click();
  await expect(again.getByRole("heading", { name: "The session has ended" })).toBeVisible();
  await server.advance(700);
  await again.goto(url);
  await expect(again.getByRole("heading", { name: "This streaming URL has expired" })).toBeVisible();
});
