// Starts the release build in a folder of its own, and talks to its simulator's private controls.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer } from "node:net";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? resolve(here, "../../target");
export const program = join(target, "release/appstream-console");
export const password = "correct horse battery";

export async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

export interface Options {
  /** What the embedded AppStream begins with. */
  seed?: "demo" | "empty" | "large";
  /** Divides the durations that AWS takes; 1 by default, so that only a moved clock makes fleets start. */
  haste?: number;
  /** Where it listens; a free port by default. */
  port?: number;
  /** More flags. */
  flags?: string[];
  /** More environment. */
  env?: Record<string, string>;
}

export class Server {
  /** Milliseconds from start until it serves. */
  servingAfter = 0;
  /** Milliseconds from start until it also knows the estate. */
  readyAfter = 0;

  private constructor(
    readonly url: string,
    readonly aws: string,
    private process: ChildProcess,
    private readonly folder: string,
    private readonly args: string[],
    private readonly env: Record<string, string>,
  ) {}

  static async start(options: Options = {}): Promise<Server> {
    for (let tries = 1; ; tries++) {
      try {
        return await Server.begin(options);
      } catch (error) {
        // Between finding a free port and listening on it somebody else may have taken it.
        if (tries === 3 || !String(error).includes("is in use by another program")) throw error;
      }
    }
  }

  private static async begin(options: Options): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "appstream-console-"));
    const [port, aws] = [options.port ?? (await freePort()), await freePort()];
    const args = ["serve", "--listen", `127.0.0.1:${port}`, "--simulator-listen", `127.0.0.1:${aws}`, "--data-dir", folder];
    args.push("--seed", options.seed ?? "demo", "--haste", String(options.haste ?? 1), ...(options.flags ?? []));
    const more = options.env ?? {};
    const server = new Server(`http://127.0.0.1:${port}`, `http://127.0.0.1:${aws}`, Server.spawn(args, more), folder, args, more);
    await server.ready();
    return server;
  }

  private static spawn(args: string[], more: Record<string, string>): ChildProcess {
    const env = { ...process.env, ...more, APPSTREAM_CONSOLE_ADMIN_PASSWORD: password };
    return spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  }

  private async ready(): Promise<void> {
    const began = performance.now();
    const child = this.process;
    let said = "";
    child.stderr?.on("data", (data: Buffer) => (said += data.toString()));
    const serves = () => fetch(`${this.url}/healthz`).then((r) => r.ok, () => false);
    const knows = () => fetch(`${this.url}/readyz`).then((r) => r.ok, () => false);
    for (const [answers, pause] of [[serves, 5], [knows, 25]] as const) {
      for (let tries = 0; !(await answers()); tries++) {
        if (tries * pause > 20_000 || child.exitCode !== null) throw new Error(`The console did not become ready.\n${said}`);
        await new Promise((next) => setTimeout(next, pause));
      }
      if (answers === serves) this.servingAfter = performance.now() - began;
    }
    this.readyAfter = performance.now() - began;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Calls a private control of the simulator (`/_simulator/…`). */
  async control(method: string, path: string, body?: unknown): Promise<any> {
    const init: RequestInit = { method };
    if (body !== undefined) Object.assign(init, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const answer = await fetch(`${this.aws}/_simulator/${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Makes an account as an administrator does at the terminal; its password. */
  account(name: string, role: "viewer" | "help-desk" | "operator" | "administrator"): string {
    return /password +(\S+)/.exec(this.users("add", name, "--role", role))?.[1] ?? "";
  }

  /** Runs the command `users`; what it says. */
  users(...args: string[]): string {
    return execFileSync(program, ["users", ...args, "--data-dir", this.folder], { encoding: "utf8" });
  }

  /** Moves simulated time. */
  async advance(seconds: number): Promise<void> {
    await this.control("POST", "clock", { advance_seconds: seconds });
  }

  /** Ends the program at once, as a crash does. */
  async kill(): Promise<void> {
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGKILL");
    await gone;
  }

  /** Starts it anew where it was, with the same addresses and data. */
  async revive(): Promise<void> {
    this.process = Server.spawn(this.args, this.env);
    await this.ready();
  }

  /** Ends the program; what it does on the way is not waited for longer than five seconds. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const gone = new Promise((done) => this.process.once("exit", done));
      this.process.kill("SIGTERM");
      await Promise.race([gone, new Promise((late) => setTimeout(late, 5000))]);
      this.process.kill("SIGKILL");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
