import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { type Message, messages, Silence } from "./events";

afterEach(() => void vi.useRealTimers());

function body(parts: readonly Uint8Array[], close = true): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(control) {
      for (const one of parts) control.enqueue(one);
      if (close) control.close();
    },
  });
}

async function all(stream: ReadableStream<Uint8Array>): Promise<Message[]> {
  const found: Message[] = [];
  for await (const one of messages(stream, 1_000)) found.push(one);
  return found;
}

const STREAM =
  'event: publication\ndata: {"name":"Größe"}\n\n: still here\n\nevent: publication\ndata: 2\n\ndata: 3\n\n';

test("the messages of a stream, wherever it is cut", async () => {
  const bytes = new TextEncoder().encode(STREAM);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((to, at) => bytes.slice(places[at], to));
      expect(await all(body(parts))).toEqual([
        { event: "publication", data: '{"name":"Größe"}' },
        { event: "publication", data: "2" },
        { event: "message", data: "3" },
      ]);
    }),
  );
});

test("a message that is cut off is none", async () => {
  expect(await all(body([new TextEncoder().encode("event: publication\ndata: 1")]))).toEqual([]);
});

test("silence is noticed", async () => {
  vi.useFakeTimers();
  const waiting = expect(all(body([], false))).rejects.toThrow(Silence);
  await vi.advanceTimersByTimeAsync(1_000);
  await waiting;
});
