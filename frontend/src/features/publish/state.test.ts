import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "@/lib/api/problem";
import { account, step } from "./sample";
import {
  BEGIN,
  isFinal,
  isSlow,
  type Progress,
  reduce,
  type Step,
  type WatchEvent,
  type Watched,
} from "./state";

const away = new Problem({ status: 503, code: "away", detail: "Away." });
const forbidden = new Problem({ status: 403, code: "forbidden", detail: "No." });
const STATUSES: Progress[] = ["REQUESTED", "RUNNING", "PUBLISHED", "REJECTED", "STUCK"];

const seen = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    steps: fc.constantFrom<Step[] | null>(null, [step("validate", "DONE")]),
  })
  .map((one): WatchEvent => ({ type: "seen", account: account(one) }));
const trouble = fc.constantFrom<WatchEvent>(
  { type: "lost", problem: away },
  { type: "refused", problem: forbidden },
);
const any: fc.Arbitrary<WatchEvent> = fc.oneof(
  seen,
  trouble,
  fc.constant<WatchEvent>({ type: "looking" }),
  fc.integer().map((ahead): WatchEvent => ({ type: "clock", ahead })),
);
const come = (events: readonly WatchEvent[], begin: Watched = BEGIN) => events.reduce(reduce, begin);

describe("whatever is heard, in whatever order", () => {
  test("an end stays as it is", () => {
    fc.assert(
      fc.property(fc.array(any), fc.array(any), (before, later) => {
        const first = come(before).account?.status;
        fc.pre(first !== undefined && isFinal(first));
        expect(come(later, come(before)).account?.status).toBe(first);
      }),
    );
  });

  test("twice is as good as once", () => {
    fc.assert(
      fc.property(fc.array(any), any, (before, event) => {
        const once = come([...before, event]);
        expect(reduce(once, event)).toEqual(once);
      }),
    );
  });

  test("lost contact changes nothing that is known of the publication, and is never its failure", () => {
    fc.assert(
      fc.property(fc.array(any), fc.array(trouble), (before, troubles) => {
        const known = come(before).account;
        expect(come(troubles, come(before)).account).toEqual(known);
      }),
    );
  });

  test("contact that was lost is held again with the next look", () => {
    fc.assert(
      fc.property(fc.array(any), seen, (before, event) => {
        expect(come([...before, { type: "lost", problem: away }, event]).contact.kind).toBe("held");
      }),
    );
  });

  test("what has begun does not wait for its beginning again", () => {
    fc.assert(
      fc.property(fc.array(seen), (events) => {
        const statuses = events.map((_, at) => come(events.slice(0, at + 1)).account?.status);
        const begun = statuses.findIndex((one) => one !== "REQUESTED");
        if (begun >= 0) expect(statuses.slice(begun)).not.toContain("REQUESTED");
      }),
    );
  });

  test("steps that were known stay when nobody knows them", () => {
    fc.assert(
      fc.property(fc.array(any), seen, (before, event) => {
        const known = come(before);
        fc.pre(known.account !== null && known.account.steps !== null);
        expect(reduce(known, event).account?.steps).not.toBeNull();
      }),
    );
  });
});

test("nothing is lost once all is told, but the steps may be looked for still", () => {
  const told = come([{ type: "seen", account: account({ status: "PUBLISHED" }) }]);
  expect(reduce(told, { type: "lost", problem: away }).contact.kind).toBe("held");
  const without = come([{ type: "seen", account: account({ status: "PUBLISHED", steps: null }) }]);
  expect(reduce(without, { type: "lost", problem: away }).contact.kind).toBe("lost");
});

test("steps that are kept after the end are taken over", () => {
  const steps = [step("confirm", "DONE")];
  const state = come([
    { type: "seen", account: account({ status: "REJECTED", steps: null }) },
    { type: "seen", account: account({ status: "REJECTED", steps }) },
  ]);
  expect(state.account?.steps).toEqual(steps);
});

test("another publication is none of ours", () => {
  const mine = come([{ type: "seen", account: account() }]);
  expect(reduce(mine, { type: "seen", account: account({ id: "other", status: "PUBLISHED" }) }).account).toBe(
    mine.account,
  );
});

describe("longer than usual", () => {
  const begin = Date.parse("2026-11-27T18:00:00Z");
  const slow = (status: Progress, now: number, ahead = 0) =>
    isSlow({ account: account({ status }), contact: { kind: "held" }, ahead }, now);

  test("is what has not ended after ten seconds", () => {
    expect(slow("RUNNING", begin + 9_999)).toBe(false);
    expect(slow("RUNNING", begin + 10_000)).toBe(true);
    expect(slow("REQUESTED", begin + 60_000)).toBe(true);
  });

  test("is by the platform's clock", () => {
    expect(slow("RUNNING", begin + 70_000, -65_000)).toBe(false);
    expect(slow("RUNNING", begin - 50_000, 65_000)).toBe(true);
  });

  test("is nothing that has ended, or that waits for somebody", () => {
    for (const status of ["PUBLISHED", "REJECTED", "STUCK"] as const) {
      expect(slow(status, begin + 60_000)).toBe(false);
    }
  });
});
