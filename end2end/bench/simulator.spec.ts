import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { test } from "@playwright/test";
import { program } from "../support/server";
import { tell } from "./report";

/** One call over a connection that is kept. */
function call(agent: Agent, port: number, operation: string, input: object): Promise<any> {
  return new Promise((done, failed) => {
    const headers = { "x-amz-target": `PhotonAdminProxyService.${operation}`, "content-type": "application/x-amz-json-1.1" };
    const asked = request({ host: "127.0.0.1", port, method: "POST", agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done(JSON.parse(Buffer.concat(parts).toString() || "{}")));
    });
    asked.on("error", failed);
    asked.end(JSON.stringify(input));
  });
}

test("the simulator alone, large", async () => {
  const child = spawn(program, ["simulate", "--seed", "large", "--listen", "127.0.0.1:0"]);
  const port = await new Promise<number>((done) => child.stdout.on("data", (told) => done(Number(/127\.0\.0\.1:(\d+)/.exec(String(told))?.[1]))));
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const memory = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
  await call(agent, port, "DescribeFleets", {});
  const idle = memory();
  const sweeps: number[] = [];
  let sessions = 0, calls = 0;
  for (let n = 0; n < 7; n++) {
    sessions = calls = 0;
    const began = performance.now();
    const pairs = Array.from({ length: 200 }, (_, i) => ({ StackName: `stack-${String(i).padStart(3, "0")}`, FleetName: `fleet-${String(i % 60).padStart(2, "0")}` }));
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
          let NextToken: string | undefined;
          do {
            const page = await call(agent, port, "DescribeSessions", { ...pair, Limit: 50, NextToken });
            sessions += page.Sessions.length;
            calls++;
            NextToken = page.NextToken;
          } while (NextToken);
        }
      }),
    );
    sweeps.push(performance.now() - began);
  }
  sweeps.sort((a, b) => a - b);
  tell("simulator alone, large: memory", `idle ${idle.toFixed(0)} MB, after the sweeps ${memory().toFixed(0)} MB`);
  tell(`simulator alone, large: a sweep of ${sessions} sessions in ${calls} calls`, `${sweeps[3].toFixed(0)} ms (median of 7, longest ${sweeps[6].toFixed(0)} ms)`);
  child.kill();
});
