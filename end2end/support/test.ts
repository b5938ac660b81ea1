// The fixtures of every test: a console of its own, a signed-in page, and a watch on the browser's console.
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { Server, password, type Options } from "./server";

export { expect, password };

interface Fixtures {
  /** How the console is started; set with `test.use`. */
  start: Options;
  server: Server;
  /** A page that is signed in and on the overview. */
  signedIn: Page;
}

export const test = base.extend<Fixtures>({
  start: [{}, { option: true }],
  server: async ({ start }, use) => {
    const server = await Server.start(start);
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.url),
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await use(page);
    expect(complaints.filter((c) => !allowed.some((a) => c.includes(a))), "the browser's console is quiet").toEqual([]);
  },
  signedIn: async ({ page, server }, use) => {
    await signIn(page, server);
    await use(page);
  },
});

/** What Chromium itself says about what a test asks for: a refused request, a server that is gone, a page whose scripts are off. */
const allowed = ["Failed to load resource", "net::ERR_", "was preloaded using link preload but not used"];

/** Signs in and lands on `to`. */
export async function signIn(page: Page, server: Server, to = "/", as = { name: "admin", password }): Promise<void> {
  await page.goto(server.url + (to === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(to)}`));
  await page.getByLabel("User name").fill(as.name);
  await page.getByLabel("Password").fill(as.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  if (as.name !== "admin") {
    // Others have a one-time password, made by `Server.account`.
    const due = page.getByRole("heading", { name: "Choose a password" });
    const inside = page.getByRole("navigation", { name: /Main navigation|Quick navigation/ }).first();
    await expect(due.or(inside).first()).toBeVisible();
    if (await due.isVisible()) await choosePassword(page, as.password, chosen(as.name));
  }
  await expect(page.getByRole("navigation", { name: "Main navigation" }).or(page.getByRole("navigation", { name: "Quick navigation" })).first()).toBeVisible();
}

/** What somebody with a one-time password chooses in tests. */
export const chosen = (name: string): string => `seven odd lamps of ${name.slice(0, 3)}`;

/** Changes the password on the page at hand. */
export async function choosePassword(page: Page, current: string, next: string): Promise<void> {
  await page.getByLabel("Current password").fill(current);
  await page.getByLabel("New password", { exact: true }).fill(next);
  await page.getByLabel("New password again").fill(next);
  await page.getByRole("button", { name: /^Change password/ }).click();
}

/** Waits until the page is alive: hydrated, and its stream open. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html[data-live]")).toHaveCount(1);
}

/** Bars that lie over what is scrolled beneath them. */
const BARS = ".top, .tabbar, .formbar, .savebar";

/** Lets the bars stand in the page's flow, or lie over it again. */
async function flat(page: Page, yes: boolean): Promise<void> {
  const set = ([bars, position]: string[]) => document.querySelectorAll<HTMLElement>(bars!).forEach((bar) => (bar.style.position = position!));
  await page.evaluate(set, [BARS, yes ? "static" : ""]);
}

/** What axe finds at WCAG 2.2 AA or best practice; nothing is right. */
export async function violations(page: Page): Promise<string> {
  // Axe would call what a bar half covers too small to be hit; one scrolls it free.
  await flat(page, true);
  // Only what is wrong is described, and no page is opened to gather what frames say (there are none), which is quicker.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  const found = await axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  await flat(page, false);
  const told = found.violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.target} ${n.html.slice(0, 160)}`).join("\n")}`);
  return told.join("\n");
}

/** Fails on anything that axe finds. */
export async function accessible(page: Page): Promise<void> {
  expect(await violations(page)).toBe("");
}
