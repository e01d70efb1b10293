// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";

beforeEach(() => vi.resetModules());

async function told(secret: string) {
  vi.stubEnv("CATALOG_SESSION_SECRET", secret);
  const { env } = await import("./env");
  return env();
}

it.each([
  ["", "must have 32 characters at least"],
  ["x9JqvTz4", "must have 32 characters at least"],
  ["change-me-please-change-me-please-0000", "is a known default"],
  ["changemechangemechangemechangeme", "is a known default"],
  ["my-super-secret-session-key-1234", "is a known default"],
  ["a".repeat(64), "is a known default"],
  ["abc".repeat(20), "is a known default"],
])("does not start with the secret %j", async (secret, why) => {
  await expect(told(secret)).rejects.toThrow(why);
});

it("judges a long secret in no time", async () => {
  const begin = performance.now();
  await told(`${"changeme".repeat(2_000)}!q`);
  expect(performance.now() - begin).toBeLessThan(1_000);
});

it("starts with one that a generator made", async () => {
  const secret = "mDqv0Q5h1u7sVx2bR8y-LkT3wZ_4nE6cFaJp9GtYiHo";
  expect((await told(secret)).CATALOG_SESSION_SECRET).toBe(secret);
});
