// A thousand open pages while one in a hundred sessions comes or goes each second: what the one server needs for it.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { expect } from "@playwright/test";
import { signIn, test } from "../support/test";
import { atMost, mb, median, ms, p95, tell } from "./report";

test.use({ start: { seed: "large" } });

const STREAMS = 1_000;
const SECONDS = 60;
/** What operators look at: most the whole list, somewhere; some a question of their own. */
const QUESTIONS = ["", "", "", "", "", "state=pending", "q=mar", "sort=-running", "fleet=fleet-07", "sort=left"];

/** Processor time that a process has used, milliseconds. */
function used(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function memory(pid: number, what: "VmRSS" | "VmHWM"): number {
  return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

test("a thousand streams", async ({ page, server }) => {
  await signIn(page, server);
  const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  await page.goto("about:blank");
  for (let n = 0; n < 200; n++) {
    const pair = { StackName: `stack-${String(n).padStart(3, "0")}`, FleetName: `fleet-${String(n % 60).padStart(2, "0")}` };
    await server.control("POST", "load", { ...pair, count: 50, churn_per_minute: 30 });
  }
  const { port } = new URL(server.url);
  const agent = new Agent({ maxSockets: Infinity });
  // When each change came to each stream.
  const came = new Map<string, number[]>();
  let bytes = 0;
  const open = await Promise.all(
    Array.from({ length: STREAMS }, (_, n) =>
      new Promise<{ close(): void }>((done, failed) => {
        const asked = request({ host: "127.0.0.1", port, agent, path: `/api/live?rows=61&from=${(n % 20) * 24}&${QUESTIONS[n % QUESTIONS.length]}`, headers: { cookie, accept: "text/event-stream" } }, (answer) => {
          expect(answer.statusCode).toBe(200);
          answer.on("data", (data: Buffer) => {
            bytes += data.length;
            for (const [, id] of data.toString().matchAll(/^id: ?(\d+)$/gm)) came.set(id, [...(came.get(id) ?? []), performance.now()]);
          });
          answer.on("error", () => undefined);
          done({ close: () => asked.destroy() });
        });
        asked.on("error", failed);
        asked.end();
      }),
    ),
  );
  await new Promise((later) => setTimeout(later, 10_000));
  came.clear();
  bytes = 0;
  const [began, before] = [performance.now(), used(server.pid)];
  await new Promise((later) => setTimeout(later, SECONDS * 1_000));
  const seconds = (performance.now() - began) / 1_000;
  const cores = (used(server.pid) - before) / 1_000 / seconds;
  open.forEach((stream) => stream.close());
  const everywhere = [...came.values()].filter((all) => all.length > STREAMS * 0.5);
  expect(everywhere.length, "changes that came to most streams").toBeGreaterThan(5);
  const late = everywhere.flatMap((all) => all.map((at) => at - Math.min(...all)));
  const what = "1,000 streams, 1 % of 10,000 sessions a second";
  atMost(`${what}: processor`, cores, 1, (n) => `${n.toFixed(2)} cores`);
  atMost(`${what}: memory`, memory(server.pid, "VmRSS"), 300 * 1024 * 1024, mb, `peak ${mb(memory(server.pid, "VmHWM"))}`);
  atMost(`${what}: a change is delivered, after the first stream has it (p95)`, p95(late), 1_000, ms, `median ${ms(median(late))}; ${everywhere.length} changes in ${SECONDS} s`);
  tell(`${what}: sent`, `${(bytes / 1024 / 1024 / seconds).toFixed(1)} MB/s to all`);
});
