// `make bench`: sizes and speeds of the release build, printed as a table. Nothing is asserted; machines differ.
import config from "./playwright.config";

export default { ...config, testDir: "bench", workers: 1, timeout: 300_000, reporter: [["line"]] };
