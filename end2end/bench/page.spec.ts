// The sessions page with 10,000 sessions: what it takes to be there, cold.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { program } from "../support/server";
import { alive, signIn, test } from "../support/test";
import { atMost, kb, mb, median, ms, p95, tell } from "./report";
import { blocked, tap } from "./tab";

const site = join(program, "../../site");
const VISITS = 9;

function rss(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** What a visit transferred, by kind. */
type Bytes = Record<"html" | "wasm" | "script" | "style" | "font" | "other", number>;

/** One cold visit: a browser that has nothing yet. */
async function cold(page: Page, url: string, slower = 1): Promise<{ rows: number; before: boolean; live: number; blocked: number; bytes: Bytes }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.clearBrowserCache");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slower });
  const bytes: Bytes = { html: 0, wasm: 0, script: 0, style: 0, font: 0, other: 0 };
  const kinds = new Map<string, keyof Bytes>();
  cdp.on("Network.responseReceived", ({ requestId, response }) => {
    const kind = ([["html", "html"], ["wasm", "wasm"], ["javascript", "script"], ["css", "style"], ["font", "font"]] as const).find(([part]) => response.mimeType.includes(part));
    kinds.set(requestId, kind?.[1] ?? "other");
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => (bytes[kinds.get(requestId) ?? "other"] += encodedDataLength));
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("rowheader").first().waitFor();
  // By the page's own clock: the first rows are painted with the first content.
  const rows = await page.evaluate(() => new Promise<number>((done) => new PerformanceObserver((all) => all.getEntriesByName("first-contentful-paint").forEach((e) => done(e.startTime))).observe({ type: "paint", buffered: true })));
  const before = await page.evaluate(() => document.documentElement.dataset.live === undefined);
  await alive(page);
  const live = await page.evaluate(() => performance.now());
  const long = await blocked(page);
  await cdp.detach();
  return { rows, before, live, blocked: long, bytes };
}

test.use({ start: { seed: "large" } });

test("files", () => {
  for (const file of ["appstream-console_bg.wasm", "appstream-console.js", "appstream-console.css"]) {
    const size = (ending: string) => statSync(join(site, "pkg", file + ending)).size;
    tell(file, `${kb(size(""))}, brotli ${kb(size(".br"))}`);
  }
  tell("program", mb(statSync(program).size));
});

test("the sessions page", async ({ page, server }) => {
  atMost("start to serving", server.servingAfter, 200, ms, `the estate is known after ${ms(server.readyAfter)}`);
  await new Promise((later) => setTimeout(later, 5_000));
  atMost("idle memory", rss(server.pid), 60 * 1024 * 1024, mb);
  await tap(page);
  await signIn(page, server);
  const url = `${server.url}/sessions`;
  const visits = [];
  for (let n = 0; n < VISITS; n++) visits.push(await cold(page, url));
  const all = (kind: keyof Bytes) => median(visits.map((v) => v.bytes[kind]));
  const kinds = Object.keys(visits[0].bytes) as (keyof Bytes)[];
  atMost(`rows visible, cold (median of ${VISITS})`, median(visits.map((v) => v.rows)), 500, ms, `before the WASM in ${visits.filter((v) => v.before).length}`);
  tell(`alive, cold (median of ${VISITS})`, ms(median(visits.map((v) => v.live))));
  atMost("transferred, cold", kinds.reduce((sum, kind) => sum + all(kind), 0), 250 * 1024, kb, kinds.map((kind) => `${kind} ${kb(all(kind))}`).join(", "));
  atMost("blocked main thread until alive", median(visits.map((v) => v.blocked)), 100, ms);
  const slow = [];
  for (let n = 0; n < 5; n++) slow.push(await cold(page, url, 4));
  atMost("blocked main thread until alive, CPU 4 times slower", median(slow.map((v) => v.blocked)), 500, ms, `alive after ${ms(median(slow.map((v) => v.live)))}`);
  const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  await page.goto("about:blank");
  const times: number[] = [];
  for (let n = 0; n < 200; n++) {
    const began = performance.now();
    await (await fetch(url, { headers: { cookie, accept: "text/html" } })).text();
    times.push(performance.now() - began);
  }
  atMost("the server answers (p95 of 200)", p95(times), 30, ms, `median ${ms(median(times))}`);
  tell("memory after these visits", mb(rss(server.pid)));
});
