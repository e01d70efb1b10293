import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "@/lib/api/problem";
import { account } from "./sample";
import type { Account, WatchEvent } from "./state";
import { FIRST, LAST, type Source, WITHOUT, watch } from "./watch";

const away = new Problem({ status: 0, code: "unreachable", detail: "Away." });
const running = account();
const published = account({ status: "PUBLISHED" });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A source that tells these, one after another; what is a problem is thrown. */
function source(
  streams: (Account | Problem)[][],
  reads: (Account | Problem)[],
): Source & { reads: number[] } {
  const at: number[] = [];
  return {
    reads: at,
    async *stream() {
      const told = streams.shift() ?? [new Problem({ status: 503, code: "no_stream", detail: "" })];
      for (const one of told) {
        if (one instanceof Problem) throw one;
        yield one;
      }
    },
    async read() {
      at.push(Date.now());
      const one = reads.length > 1 ? reads.shift() : reads[0];
      if (one instanceof Problem || one === undefined) throw one;
      return one;
    },
  };
}

async function watched(from: Source, milliseconds: number) {
  const told: WatchEvent[] = [];
  const control = new AbortController();
  let over = false;
  const running = watch(from, (event) => told.push(event), control.signal).then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(milliseconds);
  const ended = over;
  control.abort();
  await running;
  return { told: told.map((one) => (one.type === "seen" ? one.account.status : one.type)), ended };
}

describe("a publication is followed", () => {
  test("by the stream, to its end", async () => {
    const found = await watched(source([[running, published]], [published]), 0);
    expect(found).toEqual({ told: ["RUNNING", "PUBLISHED", "PUBLISHED"], ended: true });
  });

  test("by looking, when there is no stream", async () => {
    const found = await watched(source([], [running, running, published]), 5_000);
    expect(found).toEqual({ told: ["RUNNING", "RUNNING", "PUBLISHED"], ended: true });
  });

  test("ever less often, from half a second to three", async () => {
    const from = source([], [running]);
    await watched(from, WITHOUT);
    const pauses = from.reads.slice(1).map((one, at) => one - (from.reads[at] ?? 0));
    expect(pauses[0]).toBe(FIRST);
    expect(Math.max(...pauses)).toBe(LAST);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  });

  test("by the stream again, after a while without", async () => {
    const from = source(
      [[away], [published]],
      [running, running, running, running, running, running, published],
    );
    const found = await watched(from, 2 * WITHOUT);
    expect(found.told.at(-1)).toBe("PUBLISHED");
    expect(found.ended).toBe(true);
  });

  test("through a stream that ends without an end", async () => {
    const found = await watched(source([[running], [published]], [running, published]), 1_000);
    expect(found).toEqual({ told: ["RUNNING", "RUNNING", "PUBLISHED", "PUBLISHED"], ended: true });
  });

  test("through lost contact, which is told and ends nothing", async () => {
    const found = await watched(source([[running, away]], [away, away, published]), 10_000);
    expect(found).toEqual({ told: ["RUNNING", "lost", "lost", "PUBLISHED"], ended: true });
  });

  test("but not against a refusal", async () => {
    const no = new Problem({ status: 404, code: "not_found", detail: "No." });
    expect(await watched(source([], [no]), 10_000)).toEqual({ told: ["refused"], ended: true });
  });

  test("and no longer than anybody looks", async () => {
    const from = source([], [running]);
    const found = await watched(from, 100);
    const looked = from.reads.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(found.ended).toBe(false);
    expect(from.reads.length).toBe(looked);
  });
});

test("who is too busy is given the time that was asked for", async () => {
  const busy = new Problem({ status: 429, code: "too_many", detail: "", retryAfter: 5 });
  const from = source([], [busy, published]);
  await watched(from, 10_000);
  expect((from.reads[1] ?? 0) - (from.reads[0] ?? 0)).toBe(5_000);
});
