// How a person fills a form of the console and sends it, and how a test asks AppStream what it was asked.
import { expect, type Page } from "@playwright/test";
import type { Server } from "./server";
import { alive } from "./test";

/** The embedded AppStream's account and Region, as paths begin with them. */
export const here = "/111122223333/us-east-1";

/** A public base image of the embedded AppStream. */
export const base = "AppStream-WinServer2022-06-17-2026";

/** Opens a page of the console and waits until it is alive. */
export async function open(page: Page, server: Server, path: string): Promise<void> {
  await page.goto(server.url + path);
  await alive(page);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A field by the label that a person reads; marks such as “optional” and “now” do not count. */
export function field(page: Page, label: string) {
  return page.getByLabel(new RegExp(`^${escaped(label)}( ?optional)?( ?now| ?needs a stop)?$`)).locator("visible=true").first();
}

/** Fills fields: a text is typed or chosen, true ticks a box. */
export async function fill(page: Page, fields: Record<string, string | boolean>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    if (typeof value === "boolean") {
      await page.getByRole("checkbox", { name: label }).setChecked(value);
      continue;
    }
    const found = field(page, label);
    if ((await found.evaluate((e) => e.tagName)) === "SELECT") await found.selectOption({ label: value });
    else await found.fill(value);
  }
}

/** Follows the link or button `how` to a form or dialog, fills it, sends it with `submit`. */
export async function act(page: Page, how: string | RegExp, submit: string, fields: Record<string, string | boolean> = {}): Promise<void> {
  await page.getByRole("link", { name: how }).first().click();
  await send(page, submit, fields);
}

/** Fills the form or dialog at hand and sends it. */
export async function send(page: Page, submit: string, fields: Record<string, string | boolean> = {}): Promise<void> {
  const button = page.getByRole("button", { name: submit, exact: true });
  await expect(button).toBeVisible();
  await fill(page, fields);
  await button.click();
}

/** As `act`, and waits until the answer is there (its dialog or page is left): before simulated time moves, AppStream must have heard of it. */
export async function enact(page: Page, how: string | RegExp, submit: string, fields: Record<string, string | boolean> = {}): Promise<void> {
  await act(page, how, submit, fields);
  await expect(page.getByRole("button", { name: submit, exact: true })).toBeHidden();
}

/** AppStream was asked for each of these operations since the console started. */
export async function called(server: Server, ...operations: string[]): Promise<void> {
  await expect(async () => {
    const calls = await server.control("GET", "calls");
    expect(operations.filter((o) => !calls.by_operation[o])).toEqual([]);
  }).toPass({ timeout: 15_000 });
}
