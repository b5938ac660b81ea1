// What holds on every page and dialog: axe finds nothing in both themes at each width, nothing scrolls sideways, the server's picture is
// taken over without a word in the browser's console (support/test.ts watches it).
import { accessible, alive, expect, signIn, test, violations } from "../support/test";
import { open } from "../support/acts";
import { everyPage } from "../support/pages";

const THEMES = ["light", "dark"] as const;
const WIDTHS = [1440, 1024, 390];
/** Pages are shared out over tests that run side by side. */
const SHARES = 4;

for (let share = 0; share < SHARES; share++) {
  test(`every page, share ${share + 1} of ${SHARES}`, async ({ signedIn: page, server }) => {
    test.setTimeout(1_200_000);
    const pages = (await everyPage(page, server)).filter((_, at) => at % SHARES === share);
    expect(pages.length).toBeGreaterThan(20);
    // All of it is told at once.
    const wrong: string[] = [];
    for (const path of pages) {
      await page.setViewportSize({ width: WIDTHS[0]!, height: 900 });
      await open(page, server, path);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of THEMES) {
          // Without motion: a colour that is on its way from one theme to the other is nobody's.
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          const found = await violations(page);
          if (found !== "") wrong.push(`${path}, ${width} px, ${colorScheme}: ${found}`);
        }
      }
      await page.setViewportSize({ width: 320, height: 900 });
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (sideways !== 0) wrong.push(`${path} scrolls ${sideways} px sideways at 320 px`);
    }
    expect(wrong).toEqual([]);
  });
}

for (const colorScheme of THEMES) {
  test(`session details, expiry and signing in, ${colorScheme}`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme });
    for (const width of [...WIDTHS, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${server.url}/sign-in`);
      await accessible(page);
    }
    await signIn(page, server);
    for (const width of [...WIDTHS, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${server.url}/sessions?fleet=finance-desktop`);
      await alive(page);
      await page.getByRole("rowheader").first().getByRole("link").click();
      await expect(page.getByRole("complementary", { name: "Session details" })).toBeVisible();
      await accessible(page);
      await page.getByRole("complementary", { name: "Session details" }).getByRole("link", { name: /Expire…/ }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await accessible(page);
    }
  });
}
