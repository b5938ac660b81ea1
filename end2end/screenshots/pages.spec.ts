// Pictures of every page and dialog, in both themes and at three widths, into the folder `pictures` (not kept in git): to be looked at.
import { open } from "../support/acts";
import { everyPage } from "../support/pages";
import { test } from "../support/test";

test("every page", async ({ signedIn: page, server }) => {
  test.setTimeout(1_800_000);
  for (const path of await everyPage(page, server)) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await open(page, server, path);
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        // Without motion: a picture shows no colour on its way.
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const name = path.replace(/^\/(\d{12}\/[a-z0-9-]+\/)?/, "").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "overview";
        await page.screenshot({ path: `pictures/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
  }
});
