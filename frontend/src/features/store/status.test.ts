// @vitest-environment node
import { NextRequest } from "next/server";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { storeStatus } from "./status";

const asked: string[] = [];

/** The gateway answers with this status from now on; 0 is no answer at all. */
function answering(status: number) {
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(new URL(request.url).pathname + new URL(request.url).search);
    if (status === 0) throw new TypeError("fetch failed");
    return Response.json(status === 200 ? { items: [] } : { status, code: "x", detail: "x" }, { status });
  });
}

const status = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  storeStatus(new NextRequest(new URL(path, "http://here.example"), { method, headers }));

beforeEach(() => vi.stubEnv("CATALOG_SESSION_SECRET", "0123456789abcdefghijklmnopqrstuvwxyz"));

describe("the status of a page of the store", () => {
  it("is that of what it shows", async () => {
    answering(200);
    expect(await status("/store?q=fibre")).toBe(200);
    expect(asked).toEqual(["/api/store/offerings?q=fibre&limit=1&facets=false"]);
    expect(await status("/store/fibre-100")).toBe(200);
  });

  it("is 404 for what is not for sale, and for what can be no key", async () => {
    answering(404);
    expect(await status("/store/gone")).toBe(404);
    answering(422);
    expect(await status("/store/gone")).toBe(404);
    expect(await status("/store/%E0%A4%A")).toBe(404);
  });

  it("is 400 for what makes no sense", async () => {
    answering(400);
    expect(await status("/store?sort=price")).toBe(400);
  });

  it("is 503 when nobody can tell", async () => {
    for (const answer of [0, 429, 502, 503, 504]) {
      answering(answer);
      expect(await status("/store")).toBe(503);
      expect(await status("/store/fibre-100")).toBe(503);
    }
  });

  it("is not asked for where it does not matter", async () => {
    answering(503);
    expect(await status("/builder")).toBe(200);
    expect(await status("/storefront")).toBe(200);
    expect(await status("/store/a/b")).toBe(200);
    expect(await status("/store?q=")).toBe(200); // is redirected
    expect(await status("/store", { "sec-fetch-dest": "empty" })).toBe(200);
    expect(await status("/store", {}, "POST")).toBe(200);
    expect(asked).toEqual([]);
  });
});
