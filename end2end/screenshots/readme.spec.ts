import { alive, expect, test } from "../support/test";

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    test("pictures", async ({ signedIn: page, server }) => {
      const take = (name: string) => page.screenshot({ path: `../server/docs/pictures/${name}-${theme}.png` });
      await page.goto(`${server.url}/`);
      await alive(page);
      await take("overview");
      await page.goto(`${server.url}/sessions?fleet=callcentre-ie&sort=-running`);
      await alive(page);
      const boxes = page.getByRole("checkbox", { name: /Select session of/ });
      for (const n of [1, 2, 4, 5, 8]) await boxes.nth(n).click();
      await expect(page.getByRole("toolbar")).toContainText("5 selected");
      await take("sessions");
    });
  });
}
