import { statSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { alive, signIn, test } from "../support/test";
import { program } from "../support/server";

const site = join(program, "../../site");
const kb = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;
const ms = (n: number) => `${n.toFixed(0)} ms`;
const rows: [string, string][] = [];
const tell = (what: string, value: string) => rows.push([what, value]);
const median = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const p95 = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length * 0.95)];

test.afterAll(() => {
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log("\n" + rows.map(([what, value]) => `${what.padEnd(width)}  ${value}`).join("\n"));
});

function rss(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

test("sizes", () => {
  for (const file of ["appstream-console_bg.wasm", "appstream-console.js", "appstream-console.css"]) {
    const size = (ending: string) => statSync(join(site, "pkg", file + ending)).size;
    tell(file, `${kb(size(""))}, gzip ${kb(size(".gz"))}, brotli ${kb(size(".br"))}`);
  }
  tell("program", kb(statSync(program).size));
});

/** One cold visit: a browser that has nothing yet. */
async function cold(page: Page, url: string): Promise<{ paint: number; rows: number; live: number; bytes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  const began = Date.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("rowheader").first().waitFor();
  const shown = Date.now() - began;
  await alive(page);
  const live = Date.now() - began;
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  return { paint, rows: shown, live, bytes };
}

for (const seed of ["demo", "large"] as const) {
  test.describe(seed, () => {
    test.use({ start: { seed } });
    test(`the sessions page, ${seed}`, async ({ page, server }) => {
      tell(`${seed}: start to ready`, ms(server.readyAfter));
      tell(`${seed}: memory, nobody watching`, kb(rss(server.pid)));
      await signIn(page, server);
      const visits = [];
      for (let i = 0; i < 7; i++) visits.push(await cold(page, `${server.url}/sessions`));
      tell(`${seed}: first paint, cold (median of 7)`, ms(median(visits.map((v) => v.paint))));
      tell(`${seed}: rows visible, cold (median of 7)`, ms(median(visits.map((v) => v.rows))));
      tell(`${seed}: alive, cold (median of 7)`, ms(median(visits.map((v) => v.live))));
      tell(`${seed}: transferred until alive, cold`, kb(median(visits.map((v) => v.bytes))));
      const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
      const times: number[] = [];
      for (let i = 0; i < 100; i++) {
        const began = performance.now();
        await (await fetch(`${server.url}/sessions`, { headers: { cookie, accept: "text/html" } })).text();
        times.push(performance.now() - began);
      }
      tell(`${seed}: the page from the server (100 times)`, `median ${ms(median(times))}, p95 ${ms(p95(times))}`);
      const filter = page.getByRole("searchbox", { name: "Filter sessions" });
      const keys: number[] = [];
      for (const letter of ["j", "jo", "jon", "jona", "jonas", "", "m", "ma", "mat"]) {
        keys.push(
          await filter.evaluate((input: HTMLInputElement, value) => {
            return new Promise<number>((done) => {
              const began = performance.now();
              input.value = value;
              input.dispatchEvent(new Event("input", { bubbles: true }));
              requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
            });
          }, letter),
        );
      }
      tell(`${seed}: a letter in the filter box`, `median ${ms(median(keys))}, p95 ${ms(p95(keys))}`);
      tell(`${seed}: memory, one page open`, kb(rss(server.pid)));
    });
  });
}
