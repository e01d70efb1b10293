import { describe, expect, test } from "vitest";
import { fieldPlace } from "./outcome";
import { account, step } from "./sample";
import { announcement, attempt, duration, sentence } from "./words";

test("durations", () => {
  expect([97, 12_420, 59_960, 125_000, 3_780_000, -5].map(duration)).toEqual([
    "0.1 s",
    "12.4 s",
    "1 min 0 s",
    "2 min 5 s",
    "1 h 3 min",
    "0.0 s",
  ]);
});

test("attempts", () => {
  expect(attempt(step("validate", "WAITING"))).toBeNull();
  expect(attempt(step("validate", "RUNNING"))).toBe(1);
  expect(attempt(step("validate", "RETRYING", { attempts: 2 }))).toBe(3);
  expect(attempt(step("validate", "DONE", { attempts: 3 }))).toBe(3);
});

test("every state of every step has a sentence, also of a step that is new to us", () => {
  expect(sentence(step("release_prices", "DONE"))).toBe("Undone: the prices are released.");
  expect(sentence(step("validate", "RETRYING", { attempts: 1 }))).toContain("once");
  expect(sentence(step("something_new", "STUCK"))).toContain("operator");
});

describe("what is announced", () => {
  const running = (...steps: Parameters<typeof step>[]) =>
    announcement(account({ steps: steps.map((one) => step(...one)) }));

  test("changes with the steps, and not with time", () => {
    expect(running(["lock_prices", "RUNNING"])).toBe("The publication goes on. lock_prices: under way.");
    expect(running(["lock_prices", "RUNNING", { startedAt: "2026-11-27T18:00:00Z" }])).toBe(
      running(["lock_prices", "RUNNING"]),
    );
    expect(running(["lock_prices", "DONE"], ["drop_entry", "RUNNING"])).toContain("being undone");
  });

  test("says the three ends apart", () => {
    const ends = (["PUBLISHED", "REJECTED", "STUCK"] as const).map((status) =>
      announcement(account({ status })),
    );
    expect(new Set(ends).size).toBe(3);
  });
});

test("a problem leads to the field of the draft", () => {
  expect(fieldPlace("1", "/draft/priceIds/0")).toBe("/builder/offerings/1?field=priceIds.0");
  expect(fieldPlace("1", "/draft/values/a~1b")).toBe("/builder/offerings/1?field=values.a%2Fb");
  expect(fieldPlace("1", "")).toBe("/builder/offerings/1");
});
