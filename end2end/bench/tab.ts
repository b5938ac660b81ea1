// What a tab costs: measured with the browser's own counters and with a tap on its live stream.
import type { CDPSession, Page } from "@playwright/test";

declare global {
  interface Window {
    /** The page's live stream, and what came over it. */
    tap: { source?: EventSource; heard: string[] };
    /** The memory of the WASM module. */
    wasm?: WebAssembly.Memory;
    long: number[];
  }
}

/** Before the page's scripts: keeps the live stream, the WASM memory, and long tasks at hand. */
export async function tap(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.tap = { heard: [] };
    window.long = [];
    new PerformanceObserver((all) => all.getEntries().forEach((e) => window.long.push(e.duration))).observe({ type: "longtask", buffered: true });
    const Original = window.EventSource;
    window.EventSource = class extends Original {
      constructor(url: string | URL, init?: EventSourceInit) {
        super(url, init);
        window.tap = { source: this, heard: [] };
        this.addEventListener("message", (event) => window.tap.heard.push(event.data));
      }
    };
    const memory = (result: WebAssembly.WebAssemblyInstantiatedSource | WebAssembly.Instance) => {
      const { exports } = "instance" in result ? result.instance : result;
      if (exports.memory instanceof WebAssembly.Memory) window.wasm = exports.memory;
      return result;
    };
    const streaming = WebAssembly.instantiateStreaming.bind(WebAssembly);
    WebAssembly.instantiateStreaming = (async (...all: Parameters<typeof streaming>) => memory(await streaming(...all))) as typeof streaming;
  });
}

/** Time beyond 50 ms of each task so far that was longer: what “blocked” means. */
export async function blocked(page: Page): Promise<number> {
  return page.evaluate(() => window.long.reduce((sum, task) => sum + task - 50, 0));
}

/** Bytes of JavaScript's heap after a collection, plus the WASM memory. */
export async function heap(page: Page, cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  return usedSize + (await page.evaluate(() => window.wasm?.buffer.byteLength ?? 0));
}
