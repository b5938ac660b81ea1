// What holds on the page before signing in: axe finds nothing in both themes. The sweep over every page is support/pages.ts, for `make screenshots`.
import { accessible, test } from "../support/test";

for (const theme of ["light", "dark"] as const) {
  for (const width of [1440, 1024, 390, 320]) {
    test.describe(`${theme}, ${width} px`, () => {
      test.use({ colorScheme: theme, viewport: { width, height: 900 } });
      test("signing in", async ({ page, server }) => {
        await page.goto(`${server.url}/sign-in`);
        await accessible(page);
      });
    });
  }
}
