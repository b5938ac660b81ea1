// `make bench`: sizes and speeds of the release build, each beside its limit. Nothing fails; machines differ. The report says what is missed.
import config from "./playwright.config";

export default { ...config, testDir: "bench", workers: 1, fullyParallel: false, timeout: 600_000, reporter: [["line"]], globalSetup: "./bench/set-up.ts", use: { ...config.use, trace: "off" } };
