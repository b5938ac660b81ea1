// Every page and dialog of the console on the demo estate: those that are named here, and those that are found by following lists, tabs
// and acts, so that a new kind, tab or act is looked at without anybody adding it.
import type { Page } from "@playwright/test";
import { here, open } from "./acts";
import type { Server } from "./server";

/** Pages that no link of a list leads to. */
const NAMED = [
  "/", "/more", "/account", "/accounts?do=add", "/accounts?do=choose&account=admin", "/accounts?do=remove&account=admin", "/sessions/history", "/sessions/history?view=table", "/nothing/here", "/fleets?q=nothing-like-this", "/sessions?q=nothing-like-this", "/stacks?q=nothing-like-this",
  `${here}/fleets/finance-desktop`, `${here}/fleets/finance-desktop/sessions`, `${here}/fleets/erp-legacy/errors`, `${here}/fleets/callcentre-ie/configuration`,
  `${here}/fleets/finance-desktop/edit`, `${here}/fleets/claims-elastic/applications`, `${here}/fleets/finance-desktop?do=stop`, `${here}/fleets/callcentre-ie?do=capacity`,
  "/jobs", "/fleets/rollout?fleet=finance-desktop", "/users/assign?what=assign&user=a@example.com", "/users/assign?what=disable", `${here}/app-blocks/qgis-ltr/new-version`,
  `${here}/fleets/finance-desktop?do=delete`, `${here}/images/finance-win22-2026-03-10`, `${here}/images/erp-win19-updated`, "/images/sharing?add=222233334444",
  `${here}/images/finance-win22-2026-03-10/sharing`, `${here}/images/finance-win22-2026-03-10/sharing?do=share`, `${here}/images/finance-win22-2026-03-10/used-by`,
  `${here}/app-blocks/qgis-ltr/applications`, `${here}/applications/qgis-ltr`, `${here}/stacks/finance/branding`, `${here}/stacks/finance/edit-theme`,
  `${here}/images/finance-win22-2026-03-10/sharing?do=unshare&row=444455556666`, `${here}/images/finance-win22-2026-03-10/lineage`,
];

/** Their paths, each once, in a lasting order. */
export async function everyPage(page: Page, server: Server): Promise<string[]> {
  const found = new Set<string>(NAMED);
  const links = async (selector: string): Promise<string[]> =>
    page.locator(selector).evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? "").filter((h) => h.startsWith("/")));
  await open(page, server, "/more");
  const lists = await links("main a");
  for (const list of lists) {
    found.add(list);
    await open(page, server, list);
    for (const act of await links("main .head a.btn")) found.add(act);
    const item = (await links("main th a.name"))[0];
    if (item === undefined || item.includes("/fleets/")) continue;
    await open(page, server, item);
    const tabs = [item, ...(await links("main nav.tabs a"))];
    for (const tab of new Set(tabs)) {
      found.add(tab);
      if (tab !== item) await open(page, server, tab);
      for (const act of await links("main a.btn")) if (act.startsWith(item)) found.add(act);
    }
  }
  return [...found].sort();
}
