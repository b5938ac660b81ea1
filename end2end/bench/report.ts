// The figures of `make bench`: each with its limit, collected over all files, printed and written at the end.
import { appendFileSync, mkdirSync, readFileSync, rmSync, existsSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { program } from "../support/server";

const folder = join(dirname(program), "../bench");
const lines = join(folder, "figures.jsonl");
/** Where the report is; git ignores the target folder. */
export const report = join(folder, "report.md");

interface Figure {
  what: string;
  value: string;
  /** What it must reach, or what it stands beside; empty when it is only told. */
  limit: string;
  met?: boolean;
}

export const kb = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;
export const mb = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
export const ms = (n: number) => `${n < 10 ? n.toFixed(1) : n.toFixed(0)} ms`;
const sorted = (all: number[]) => [...all].sort((a, b) => a - b);
export const median = (all: number[]) => sorted(all)[Math.floor(all.length / 2)];
export const p95 = (all: number[]) => sorted(all)[Math.min(all.length - 1, Math.floor(all.length * 0.95))];

function write(figure: Figure): void {
  appendFileSync(lines, JSON.stringify(figure) + "\n");
}

/** A figure with the most that it may be. `form` writes both. */
export function atMost(what: string, value: number, most: number, form: (n: number) => string, more = ""): void {
  write({ what, value: form(value) + (more && ` (${more})`), limit: `at most ${form(most)}`, met: value <= most });
}

/** A figure that is only told. */
export function tell(what: string, value: string): void {
  write({ what, value, limit: "" });
}

/** Before all files. */
export function begin(): void {
  rmSync(lines, { force: true });
  mkdirSync(folder, { recursive: true });
}

/** After all files: the table, on the terminal and in the report. */
export function end(): void {
  if (!existsSync(lines)) return;
  const all: Figure[] = readFileSync(lines, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const verdict = (f: Figure) => (f.met === undefined ? "" : f.met ? "met" : "MISSED");
  const head = `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, ${cpus().length} cores (${cpus()[0]?.model}), ${mb(totalmem())} of memory`;
  const table = ["| figure | measured | limit | |", "|---|---|---|---|", ...all.map((f) => `| ${f.what} | ${f.value} | ${f.limit} | ${verdict(f)} |`)];
  writeFileSync(report, `# \`make bench\`\n\n${head}\n\n${table.join("\n")}\n`);
  const width = (key: "what" | "value" | "limit") => Math.max(...all.map((f) => f[key].length));
  const [a, b, c] = [width("what"), width("value"), width("limit")];
  console.log(`\n${head}\n${all.map((f) => `${f.what.padEnd(a)}  ${f.value.padEnd(b)}  ${f.limit.padEnd(c)}  ${verdict(f)}`).join("\n")}\n\nThis table is in ${report}`);
}
