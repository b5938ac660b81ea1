// Starts the provider of provider.mjs, and a console that knows it.
import { spawn, type ChildProcess } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./server";

const here = dirname(fileURLToPath(import.meta.url));

export class Provider {
  private constructor(readonly issuer: string, private readonly process: ChildProcess) {}

  /** Starts one that sends people back to `consoleUrl`. */
  static async start(consoleUrl: string, env: Record<string, string> = {}): Promise<Provider> {
    const port = await freePort();
    const child = spawn(process.execPath, [join(here, "provider.mjs"), String(port), consoleUrl], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr?.on("data", (data: Buffer) => (said += data.toString()));
    await new Promise<void>((ready, failed) => {
      child.stdout?.once("data", () => ready());
      child.once("exit", () => failed(new Error(`The provider did not start.\n${said}`)));
    });
    return new Provider(`http://127.0.0.1:${port}`, child);
  }

  /** The console's flags for it. */
  flags(consoleUrl: string): string[] {
    return ["--oidc-issuer", this.issuer, "--oidc-client-id", "console", "--public-url", consoleUrl, "--oidc-label", "Sign in with Example", "--oidc-role", "administrator=console-admins,viewer=console-viewers"];
  }

  /** The client's secret, by environment. */
  readonly env = { APPSTREAM_CONSOLE_OIDC_CLIENT_SECRET: "a-secret-of-the-console" };

  stop(): void {
    this.process.kill("SIGTERM");
  }
}
