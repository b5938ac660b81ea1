// The list on the server, beside the same HTML from a compiled template. The example `page` of the server measured both in process.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "@playwright/test";
import { program } from "../support/server";
import { atMost, ms, tell } from "./report";

test("beside a compiled template", () => {
  const lines = readFileSync(join(dirname(program), "../bench/page.txt"), "utf8").trim().split("\n");
  const of = Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  const [ours, theirs] = [Number(of.ours_us) / 1_000, Number(of.askama_us) / 1_000];
  if (of.same !== "true") tell("beside a compiled template", "the template in server/examples/page.rs is no longer like the page: mend it");
  else atMost("the list page on the server, in process", ours, 3 * theirs, ms, `askama ${ms(theirs)}; ${of.rows} rows, ${(Number(of.bytes) / 1024).toFixed(0)} KB; routing, sign-in and the question are in ours only`);
});
