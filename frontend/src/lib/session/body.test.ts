// @vitest-environment node
import { expect, it } from "vitest";
import { bodyOf, formOf, jsonOf, LARGEST } from "./body";

/** A request whose body comes in pieces, and how many of them were asked for. */
function sent(pieces: number, size: number, headers: Record<string, string> = {}) {
  let given = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (given === pieces) controller.close();
        else {
          given += 1;
          controller.enqueue(new Uint8Array(size).fill(97));
        }
      },
    },
    { highWaterMark: 0 },
  );
  const request = new Request("http://here.invalid/", {
    method: "POST",
    body,
    headers,
    duplex: "half",
  } as RequestInit);
  return { request, given: () => given };
}

it("has what was sent, up to a megabyte", async () => {
  const { request } = sent(4, LARGEST / 4);
  const body = await bodyOf(request);
  expect(body?.byteLength).toBe(LARGEST);
  expect(body?.every((one) => one === 97)).toBe(true);
  expect((await bodyOf(new Request("http://here.invalid/", { method: "POST" })))?.byteLength).toBe(0);
});

it("stops to read what is too large", async () => {
  const { request, given } = sent(1000, LARGEST);
  expect(await bodyOf(request)).toBeNull();
  expect(given()).toBeLessThan(5);
});

it("does not begin to read what says that it is too large", async () => {
  const { request, given } = sent(1000, 1, { "content-length": `${LARGEST + 1}` });
  expect(await bodyOf(request)).toBeNull();
  expect(given()).toBe(0);
});

it("reads JSON, or nothing", async () => {
  const told = (text: string) => new Request("http://here.invalid/", { method: "POST", body: text });
  expect(await jsonOf(told('{"a":1}'), 100)).toEqual({ a: 1 });
  expect(await jsonOf(told("{"), 100)).toBeUndefined();
  expect(await jsonOf(told(`"${"a".repeat(200)}"`), 100)).toBeUndefined();
});

it("reads a form, or nothing", async () => {
  const told = (body: string) => new Request("http://here.invalid/", { method: "POST", body });
  expect((await formOf(told("username=a%26b&next=/x"), 100)).get("username")).toBe("a&b");
  expect([...(await formOf(told(`username=${"a".repeat(200)}`), 100))]).toEqual([]);
});
