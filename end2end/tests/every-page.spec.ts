// What holds on every page and dialog: axe finds nothing in both themes, nothing scrolls sideways, the server's picture is taken over
// without a word in the browser's console (support/test.ts watches it).
import { alive, accessible, expect, test } from "../support/test";

const SCOPE = "/111122223333/us-east-1";
const PAGES: [string, string][] = [
  ["overview", "/"],
  ["fleets", "/fleets"],
  ["fleets, none", "/fleets?q=nothing-like-this"],
  ["sessions", "/sessions"],
  ["sessions, none", "/sessions?q=nothing-like-this"],
  ["a fleet", `${SCOPE}/fleets/finance-desktop`],
  ["a fleet's sessions", `${SCOPE}/fleets/finance-desktop/sessions`],
  ["a fleet's errors", `${SCOPE}/fleets/erp-legacy/errors`],
  ["a fleet's configuration", `${SCOPE}/fleets/callcentre-ie/configuration`],
  ["stop", `${SCOPE}/fleets/finance-desktop?do=stop`],
  ["change capacity", `${SCOPE}/fleets/callcentre-ie?do=capacity`],
  ["images", "/images"],
  ["stacks, none", "/stacks?q=nothing-like-this"],
  ["users", "/users"],
  ["entitlements", "/entitlements"],
  ["all places", "/more"],
  ["an image", `${SCOPE}/images/finance-win22-2026-03-10`],
  ["a failed image", `${SCOPE}/images/erp-win19-updated`],
  ["a stack", `${SCOPE}/stacks/finance`],
  ["create a fleet", "/fleets/new"],
  ["create an app block", "/app-blocks/new"],
  ["edit a stack", `${SCOPE}/stacks/finance/edit`],
  ["delete a stack", `${SCOPE}/stacks/finance/delete`],
  ["a fleet's applications", `${SCOPE}/fleets/claims-elastic/applications`],
  ["not found", "/nothing/here"],
];

for (const theme of ["light", "dark"] as const) {
  for (const width of [1440, 1024, 390, 320]) {
    test.describe(`${theme}, ${width} px`, () => {
      test.use({ colorScheme: theme, viewport: { width, height: 900 } });
      test("every page", async ({ signedIn: page, server }) => {
        test.setTimeout(240_000);
        for (const [name, path] of PAGES) {
          await test.step(name, async () => {
            await page.goto(server.url + path);
            await alive(page);
            await accessible(page);
            const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            expect(sideways, `${name} scrolls sideways`).toBe(0);
          });
        }
        await page.goto(`${server.url}/sessions?fleet=finance-desktop`);
        await alive(page);
        await page.getByRole("rowheader").first().getByRole("link").click();
        await expect(page.getByRole("complementary", { name: "Session details" })).toBeVisible();
        await accessible(page);
        await page.getByRole("complementary", { name: "Session details" }).getByRole("link", { name: /Expire…/ }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await accessible(page);
      });
      test("signing in", async ({ page, server }) => {
        await page.goto(`${server.url}/sign-in`);
        await accessible(page);
      });
    });
  }
}
