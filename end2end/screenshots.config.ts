// `make screenshots`: the README's pictures, taken from the release build.
import config from "./playwright.config";

export default { ...config, testDir: "screenshots", timeout: 120_000 };
