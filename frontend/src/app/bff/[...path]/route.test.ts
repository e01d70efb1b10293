// @vitest-environment node
import { EncryptJWT, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { NextRequest } from "next/server";
import { beforeEach, expect, it, vi } from "vitest";

const SECRET = "0123456789abcdefghijklmnopqrstuvwxyz";
const asked = vi.fn(async (_: URL, __: RequestInit) => Response.json({ items: [] }));

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("CATALOG_SESSION_SECRET", SECRET);
  vi.stubEnv("CATALOG_PUBLIC_URL", "http://catalog.invalid");
  vi.stubEnv("CATALOG_GATEWAY_URL", "http://gateway.invalid:8000");
  asked.mockClear();
  vi.stubGlobal("fetch", asked);
});

const session = () => ({
  accessToken: "the-access-token",
  refreshToken: "the-refresh-token",
  accessUntil: Date.now() + 300_000,
  refreshUntil: Date.now() + 1_800_000,
  name: "operator",
  roles: ["operator"],
});

async function ask(path: string[], init: RequestInit & { cookie?: string } = {}) {
  const { GET, POST } = await import("./route");
  const headers = new Headers(init.headers);
  if (init.cookie) headers.set("cookie", `catalog.0=${init.cookie}`);
  const { signal: _, ...rest } = init;
  const request = new NextRequest(`http://catalog.invalid/bff/${path.map(encodeURIComponent).join("/")}`, {
    ...rest,
    headers,
  });
  return (init.method === "POST" ? POST : GET)(request, { params: Promise.resolve({ path }) });
}

const tokenSent = () => new Headers(asked.mock.calls[0]?.[1]?.headers).get("authorization");

it("adds the token of the session, and hands on what is asked for", async () => {
  const { sealed } = await import("@/lib/session/cookie");
  const [first] = await sealed(session());
  const answer = await ask(["api", "prices", "a b"], { cookie: first?.value ?? "" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(String(asked.mock.calls[0]?.[0])).toBe("http://gateway.invalid:8000/api/prices/a%20b");
  expect(tokenSent()).toBe("Bearer the-access-token");
});

it.each([
  [["metrics"]],
  [["login"]],
  [["api", "openapi.json"]],
  [["api", "traces", "0"]],
  [["api", "prices", "..", "..", "metrics"]],
  [["api", "prices", ".", "x"]],
  [["api", "prices", ".."]],
  [["api", "..", "realms", "catalog"]],
  [["", "api", "prices"]],
  [["http:", "", "evil.invalid", "api", "prices"]],
  [["api/prices"]],
  [["api", "pricesque"]],
])("does not ask the gateway for %j", async (path) => {
  expect((await ask(path)).status).toBe(404);
  expect(asked).not.toHaveBeenCalled();
});

it.each([
  ["../../metrics", "..%2F..%2Fmetrics"],
  ["@evil.invalid", "%40evil.invalid"],
  ["\\evil", "%5Cevil"],
  ["a?b#c", "a%3Fb%23c"],
  ["%2e%2e", "%252e%252e"],
])("a step %j stays one step of ours", async (step, written) => {
  await ask(["api", "prices", step]);
  expect(String(asked.mock.calls[0]?.[0])).toBe(`http://gateway.invalid:8000/api/prices/${written}`);
});

it("takes a megabyte, and no more of a body that never ends", async () => {
  const ours = { method: "POST", headers: { "sec-fetch-site": "same-origin" } };
  const megabyte = new Uint8Array(1024 * 1024);
  expect((await ask(["api", "prices"], { ...ours, body: megabyte })).status).toBe(200);
  asked.mockClear();
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(megabyte);
    },
  });
  const answer = await ask(["api", "prices"], { ...ours, body: endless, duplex: "half" } as RequestInit);
  expect(answer.status).toBe(413);
  expect(pulled).toBeLessThan(10);
  expect(asked).not.toHaveBeenCalled();
});

it("does nothing for another site, and reads nothing of it", async () => {
  const foreign = { method: "POST", headers: { "sec-fetch-site": "cross-site" }, body: "{}" };
  expect((await ask(["api", "prices"], foreign)).status).toBe(403);
  expect(asked).not.toHaveBeenCalled();
});

/** Cookies that an attacker can make without our secret, or of what has ended. */
const FORGED: Record<string, () => Promise<string>> = {
  "no signature, alg none": async () => new UnsecuredJWT({ ...session() }).encode(),
  "signed instead of sealed": async () =>
    new SignJWT({ ...session() }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET)),
  "sealed with the secret itself, not the key made of it": async () =>
    new EncryptJWT({ ...session() })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(new TextEncoder().encode(SECRET.slice(0, 32))),
  "sealed with zeros": async () =>
    new EncryptJWT({ ...session() })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(new Uint8Array(32)),
  "another encryption": async () =>
    new EncryptJWT({ ...session() })
      .setProtectedHeader({ alg: "dir", enc: "A128CBC-HS256" })
      .encrypt(new Uint8Array(32)),
  "to a key pair of one's own, which the header names": async () => {
    const { publicKey } = await generateKeyPair("ECDH-ES", { extractable: true });
    return new EncryptJWT({ ...session() })
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", jwk: await exportJWK(publicKey) } as never)
      .encrypt(publicKey);
  },
  "a password that takes hours to try": async () =>
    `${btoa('{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2000000000,"p2s":"YWFhYWFhYWE"}').replaceAll("=", "")}.AAAA.AAAA.AAAA.AAAA`,
  "cut short": async () => {
    const { sealed } = await import("@/lib/session/cookie");
    return ((await sealed(session()))[0]?.value ?? "").slice(0, -8);
  },
  "another head": async () => {
    const { sealed } = await import("@/lib/session/cookie");
    const [, ...rest] = ((await sealed(session()))[0]?.value ?? "").split(".");
    return [btoa('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').replaceAll("=", ""), ...rest].join(".");
  },
  "a session that is over": async () => {
    const { sealed } = await import("@/lib/session/cookie");
    return (await sealed({ ...session(), refreshUntil: Date.now() - 60_000 }))[0]?.value ?? "";
  },
  "an access token alone": async () => "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
  "ten thousand letters": async () => "x".repeat(10_000),
  nothing: async () => "",
};

it.each(Object.keys(FORGED))("a forged cookie is nobody's: %s", async (name) => {
  const cookie = (await FORGED[name]?.()) ?? "";
  const begin = performance.now();
  await ask(["api", "prices"], { cookie });
  expect(performance.now() - begin).toBeLessThan(2_000);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(tokenSent()).toBeNull();
});
