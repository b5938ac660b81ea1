// The list of 10,000 sessions under the hand: keys, sorting, scrolling, and rows that change.
import { expect, type Page } from "@playwright/test";
import { alive, signIn, test } from "../support/test";
import type { Server } from "../support/server";
import { atMost, mb, median, ms, p95, tell } from "./report";
import { heap, tap } from "./tab";

test.use({ start: { seed: "large" } });

async function list(page: Page, server: Server): Promise<void> {
  await tap(page);
  await signIn(page, server);
  await page.goto(`${server.url}/sessions`);
  await alive(page);
  // The stream has said which rows the page shows.
  await page.waitForFunction(() => window.tap.heard.some((text) => text.startsWith('{"Rows"')));
}

/** Runs `act` in the page and waits until what `shows` reads has changed and is painted; milliseconds. */
async function until(page: Page, act: string, shows: string): Promise<number> {
  return page.evaluate(
    ([act, shows]) =>
      new Promise<number>((done, failed) => {
        const read = new Function(`return ${shows}`) as () => string;
        const before = read();
        const began = performance.now();
        const late = setTimeout(() => failed(new Error(`${shows} stays ${before}`)), 5_000);
        const watch = new MutationObserver(() => {
          if (read() === before) return;
          watch.disconnect();
          clearTimeout(late);
          // Painted: the frame after the next callback has begun.
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => done(performance.now() - began);
            port2.postMessage(0);
          });
        });
        watch.observe(document.body, { subtree: true, childList: true, characterData: true });
        new Function(act)();
      }),
    [act, shows] as const,
  );
}

test("sort and filter", async ({ page, server }) => {
  await list(page, server);
  const type = (text: string) => `const i = document.querySelector("[data-filter]"); i.value = ${JSON.stringify(text)}; i.dispatchEvent(new Event("input", { bubbles: true }))`;
  const counted = `[...document.querySelectorAll("main span")].find((s) => / of .* sessions$/.test(s.textContent)).textContent`;
  const keys: number[] = [];
  for (let n = 0; n < 5; n++) {
    // Each letter changes how many match.
    for (const text of ["7", "73", "732", "73", "7", ""]) {
      keys.push(await until(page, type(text), counted));
      await page.waitForTimeout(150);
    }
  }
  atMost("a letter in the filter box until its rows are shown (p95 of 30)", p95(keys), 50, ms, `median ${ms(median(keys))}`);
  const sorts: number[] = [];
  for (let n = 0; n < 30; n++) {
    const head = ["User", "Running for", "Fleet"][n % 3];
    sorts.push(await until(page, `[...document.querySelectorAll("thead a")].find((a) => a.textContent.startsWith("${head}")).click()`, `document.querySelector("tbody th")?.textContent`));
    await page.waitForTimeout(150);
  }
  atMost("a sort until its rows are shown (p95 of 30)", p95(sorts), 100, ms, `median ${ms(median(sorts))}`);
});

test("scroll from end to end", async ({ page, server }) => {
  await list(page, server);
  const cdp = await page.context().newCDPSession(page);
  const frames = await page.evaluate(async () => {
    const all: number[] = [];
    const empty: boolean[] = [];
    let nodes = 0;
    const far = document.documentElement.scrollHeight - innerHeight;
    const steps = 900;
    let last = performance.now();
    for (let n = 1; n <= steps; n++) {
      window.scrollTo(0, (far * n) / steps);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      all.push(now - last);
      last = now;
      nodes = Math.max(nodes, document.querySelectorAll("*").length);
      const [top, low] = [document.elementFromPoint(innerWidth / 2, 200), document.elementFromPoint(innerWidth / 2, innerHeight - 100)];
      empty.push([top, low].some((e) => e?.closest(".spacer") != null));
    }
    return { all, nodes, empty: empty.filter(Boolean).length, far };
  });
  atMost("scroll 10,000 rows in 900 frames: the longest frame", Math.max(...frames.all), 50, ms, `p95 ${ms(p95(frames.all))}, ${(frames.far / 900).toFixed(0)} px a frame`);
  tell("frames of it that showed rows not yet drawn", `${frames.empty} of ${frames.all.length}`);
  atMost("DOM nodes at most", frames.nodes, 3_000, String);
  await page.waitForTimeout(1_000);
  await expect(page.locator("tbody th").last()).toBeInViewport();
  atMost("heap of the tab after it, with the WASM's memory", await heap(page, cdp), 60 * 1024 * 1024, mb);
});

/** Messages that flip the state of every tenth row there and back, made of what the page was told. */
async function flips(page: Page): Promise<[string, string]> {
  return page.evaluate(() => {
    const first = window.tap.heard.map((text) => JSON.parse(text)).find((m) => m.Rows)?.Rows;
    const tenth = first.put.filter((_: unknown, at: number) => at % 10 === 0);
    const flip = (to: string | undefined, by: number) =>
      JSON.stringify({ Rows: { ...first, order: null, peek: null, facets: first.facets.map((n: number) => n + by), put: to ? tenth.map((s: object) => ({ ...s, connection: to })) : tenth } });
    const other = tenth[0].connection === "Connected" ? "NotConnected" : "Connected";
    return [flip(other, 1_000), flip(undefined, 0)];
  });
}

test("a tenth of the rows changes at once", async ({ page, server }) => {
  await list(page, server);
  const [there, back] = await flips(page);
  const result = await page.evaluate(
    async ([there, back]) => {
      const turn = () => new Promise((next) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = next;
        port2.postMessage(0);
      });
      const body = document.querySelector("tbody")!;
      const rows = () => [...body.querySelectorAll("tr")].filter((row) => row.querySelector("input"));
      const facets = () => [...document.querySelectorAll(".facet .count")];
      const html = () => rows().map((row) => [...row.children].map((cell) => cell.innerHTML));
      const measured = async (act: () => void) => {
        const began = performance.now();
        act();
        await turn();
        void document.body.offsetHeight;
        return performance.now() - began;
      };
      const tell = (data: string) => () => window.tap.source!.dispatchEvent(new MessageEvent("message", { data }));
      const ours: number[] = [];
      const [before, counts] = [html(), facets().map((f) => f.textContent!)];
      await measured(tell(there));
      const [after, countsAfter] = [html(), facets().map((f) => f.textContent!)];
      await measured(tell(back));
      let changed = 0;
      before.forEach((cells, at) => (changed += cells.some((cell, i) => cell !== after[at][i]) ? 1 : 0));
      for (let n = 0; n < 40; n++) ours.push(await measured(tell(n % 2 ? back : there)));
      // By hand: the same message read, the rows found by their key, and those cells written that differ.
      const byKey = new Map(rows().map((row, at) => [row.querySelector("input")!.value, { row, at }]));
      const hand = (data: string, cells: string[][], words: string[]) => () => {
        const { Rows } = JSON.parse(data);
        for (const session of Rows.put) {
          const { row, at } = byKey.get(session.id)!;
          [...row.children].forEach((cell, i) => {
            if (before[at][i] !== after[at][i]) cell.innerHTML = cells[at][i];
          });
        }
        facets().forEach((f, i) => {
          if (f.textContent !== words[i]) f.textContent = words[i];
        });
      };
      const theirs: number[] = [];
      for (let n = 0; n < 40; n++) theirs.push(await measured(n % 2 ? hand(back, before, counts) : hand(there, after, countsAfter)));
      return { ours, theirs, changed, rows: before.length };
    },
    [there, back] as const,
  );
  expect(result.changed, "rows that look different").toBeGreaterThan(0);
  const [ours, theirs] = [median(result.ours), median(result.theirs)];
  atMost("a tenth of the rows changes at once: main thread", ours, 2 * theirs, ms, `by hand ${ms(theirs)}; ${result.changed} of ${result.rows} drawn rows of 10,000; median of 40`);
});

test("eight hours of changes", async ({ page, server }) => {
  await list(page, server);
  const cdp = await page.context().newCDPSession(page);
  const [there, back] = await flips(page);
  // One message every two seconds, as the watcher's fast pace has it.
  const messages = (8 * 3600) / 2;
  const replay = (count: number) =>
    page.evaluate(
      async ([there, back, count]) => {
        for (let n = 0; n < count; n++) {
          window.tap.source!.dispatchEvent(new MessageEvent("message", { data: n % 2 ? back : there }));
          window.tap.heard = [];
          if (n % 20 === 0) await new Promise(requestAnimationFrame);
        }
      },
      [there, back, count] as const,
    );
  await replay(messages / 16);
  const early = await heap(page, cdp);
  await replay(messages);
  const late = await heap(page, cdp);
  atMost(`heap of a tab after ${messages} messages (8 hours), against half an hour`, (late / early - 1) * 100, 10, (n) => `${n.toFixed(1)} %`, `${mb(early)}, then ${mb(late)}`);
});
