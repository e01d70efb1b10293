import { expect, test } from "vitest";
import { marksOf, tokenAt } from "./marks";
import { account, step } from "./sample";

test("the diagram shows what is done, where it is, and what follows not at all", () => {
  const running = account({
    steps: [step("lock_prices", "DONE"), step("validate", "RUNNING"), step("stage_entry", "WAITING")],
  });
  expect(Object.fromEntries(marksOf(running))).toEqual({
    requested: "done",
    lock_prices: "done",
    validate: "running",
  });
  expect(tokenAt(running)).toBe("validate");
});

test("the way back begins at the event of its cause", () => {
  const rejected = account({
    status: "REJECTED",
    cause: { code: "PRICE_EXPIRED", message: "" },
    steps: [step("lock_prices", "FAILED"), step("drop_entry", "DONE"), step("reject", "DONE")],
  });
  expect(Object.fromEntries(marksOf(rejected))).toEqual({
    requested: "done",
    lock_prices: "failed",
    on_price_expired: "failed",
    drop_entry: "undone",
    reject: "undone",
    rejected: "undone",
  });
  expect(tokenAt(rejected)).toBeNull();
});

test("while nobody knows the steps there is no token, and before it begins it is at the beginning", () => {
  expect(tokenAt(account({ steps: null }))).toBeNull();
  expect(tokenAt(account({ status: "REQUESTED", steps: null }))).toBe("requested");
});
