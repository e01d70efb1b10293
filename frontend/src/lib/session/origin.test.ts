// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("CATALOG_SESSION_SECRET", "0123456789012345678901234567890123");
  vi.stubEnv("CATALOG_PUBLIC_URL", "http://catalog.invalid");
});

const asked = (method: string, headers: Record<string, string>) =>
  ({ method, headers: new Headers({ host: "127.0.0.1:3000", ...headers }) }) as Request;

it.each([
  ["GET", {}, true],
  ["GET", { "sec-fetch-site": "cross-site" }, true],
  ["POST", { "sec-fetch-site": "same-origin" }, true],
  ["POST", { "sec-fetch-site": "same-site" }, false],
  ["POST", { "sec-fetch-site": "none" }, false],
  ["POST", { "sec-fetch-site": "cross-site", origin: "http://catalog.invalid" }, false],
  ["DELETE", { origin: "http://catalog.invalid" }, true],
  ["PUT", { origin: "http://127.0.0.1:3000" }, true],
  ["POST", { origin: "http://stranger.invalid" }, false],
  ["POST", { origin: "https://127.0.0.1:3000" }, false],
  ["POST", { origin: "null" }, false],
  ["POST", { "sec-fetch-site": "SAME-ORIGIN" }, false],
  ["POST", { "x-forwarded-host": "stranger.invalid", origin: "http://stranger.invalid" }, false],
  ["POST", {}, false],
] as const)("%s with %j is ours: %s", async (method, headers, ours) => {
  const { isOurs } = await import("./origin");
  expect(isOurs(asked(method, headers as Record<string, string>))).toBe(ours);
});
