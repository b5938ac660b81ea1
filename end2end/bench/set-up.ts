import { begin, end } from "./report";

/** Playwright's global set-up; what it returns is the tear-down. */
export default function setUp(): () => void {
  begin();
  return end;
}
