import { expect, it } from "vitest";
import { may } from "./roles";

it.each([
  [["reader"], "reader", true],
  [["reader"], "author", false],
  [["publisher"], "author", true],
  [["operator", "offline_access"], "publisher", true],
  [["offline_access"], "reader", false],
  [[], "reader", false],
] as const)("%j may what needs a %s: %s", (roles, wanted, expected) => {
  expect(may(roles, wanted)).toBe(expected);
});
