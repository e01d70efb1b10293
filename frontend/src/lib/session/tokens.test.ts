// @vitest-environment node
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** A gateway that exchanges each refresh token once: who uses one a second time ends the session. */
let server: Server;
let used: string[];
let answers: (token: string) => number;

const token = (name: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ preferred_username: name, roles: ["author"] })}.`;
};

beforeEach(async () => {
  used = [];
  answers = (one) => (used.filter((other) => other === one).length > 1 ? 401 : 200);
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const { refreshToken } = JSON.parse(body);
      used.push(refreshToken);
      const status = answers(refreshToken);
      const tokens = {
        accessToken: token("author"),
        refreshToken: `${refreshToken}+`,
        tokenType: "Bearer",
        expiresIn: 300,
        refreshExpiresIn: 1800,
      };
      setTimeout(() => {
        response.writeHead(status, { "content-type": "application/json", "retry-after": "3" });
        response.end(status === 200 ? JSON.stringify(tokens) : "{}");
      }, 20);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.resetModules();
  vi.stubEnv("CATALOG_SESSION_SECRET", "0123456789012345678901234567890123");
  vi.stubEnv("CATALOG_GATEWAY_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const session = (refreshToken: string) => ({
  accessToken: "",
  refreshToken,
  accessUntil: 0,
  refreshUntil: Date.now() + 60_000,
  name: "author",
  roles: [],
});

it("twenty who ask at the same time share one exchange", async () => {
  const { refreshed } = await import("./tokens");
  const all = await Promise.all(Array.from({ length: 20 }, () => refreshed(session("first"))));
  expect(used).toEqual(["first"]);
  expect(new Set(all.map((one) => one.refreshToken))).toEqual(new Set(["first+"]));
  expect(all[0]).toMatchObject({ name: "author", roles: ["author"] });
});

it("who comes a moment later with the old cookie gets the same answer", async () => {
  const { refreshed } = await import("./tokens");
  await refreshed(session("first"));
  expect((await refreshed(session("first"))).refreshToken).toBe("first+");
  expect(used).toEqual(["first"]);
});

it("another session is another exchange, and a refusal is not remembered", async () => {
  const { refreshed, Refused } = await import("./tokens");
  answers = () => 503;
  await expect(refreshed(session("one"))).rejects.toBeInstanceOf(Refused);
  answers = () => 200;
  await refreshed(session("one"));
  await refreshed(session("two"));
  expect(used).toEqual(["one", "one", "two"]);
});
