import { expect, test } from "vitest";
import type { Said } from "./rows";
import { saysTheSame, type View } from "./same";

const view = (more: object) =>
  ({ id: "1", key: "a", version: 1, description: "", ...more }) as unknown as View;

const price = view({
  name: "A",
  kind: "RECURRING",
  money: { amount: "9.90", currency: "EUR" },
  period: { unit: "month", length: 1 },
  unitOfMeasure: null,
  tiers: [],
  mode: null,
  validFor: { from: "2026-01-01T00:00:00Z", to: null },
  taxIncluded: false,
});
const said: Said = {
  key: "a",
  name: " A ",
  kind: "RECURRING",
  money: { amount: "9.9", currency: "EUR" },
  period: { unit: "month" },
  validFor: { from: "2026-01-01T01:00:00.000+01:00" },
};

test("a price is the same however its amount and its moments are spelled, and what is left out is the default", () => {
  expect(saysTheSame("price", said, price)).toBe(true);
  expect(saysTheSame("price", { ...said, money: { amount: "9.91", currency: "EUR" } }, price)).toBe(false);
  expect(saysTheSame("price", { ...said, taxIncluded: true }, price)).toBe(false);
  expect(saysTheSame("price", { ...said, validFor: { from: "2026-01-01T00:00:00.000001Z" } }, price)).toBe(
    false,
  );
});

test("an offering is compared with its draft, or else with what is live, whatever the order of its values", () => {
  const content = {
    name: "A",
    category: "",
    specificationId: "s",
    priceIds: ["p"],
    values: { a: 1, b: "2" },
  };
  const body = { name: "A", specificationId: "s", priceIds: ["p"], values: { b: "2", a: 1 } };
  expect(saysTheSame("offering", body, view({ draft: null, live: content }))).toBe(true);
  expect(saysTheSame("offering", body, view({ draft: { ...content, name: "B" }, live: content }))).toBe(
    false,
  );
  expect(saysTheSame("offering", { ...body, values: { a: true, b: "2" } }, view({ draft: content }))).toBe(
    false,
  );
});

test("numbers of a characteristic are compared as numbers, codes as texts", () => {
  const there = view({
    name: "A",
    valueType: "choice",
    unit: null,
    constraints: { min: "0", max: null, step: null, pattern: null, maxLength: null, scale: 1 },
    allowedValues: [{ code: "1", label: "One", order: 0, default: false, deprecated: false }],
    multiple: false,
  });
  const body = {
    name: "A",
    valueType: "choice",
    constraints: { min: 0, scale: 1 },
    allowedValues: [{ code: "1", label: "One" }],
  };
  expect(saysTheSame("characteristic", body, there)).toBe(true);
  expect(
    saysTheSame("characteristic", { ...body, allowedValues: [{ code: "1.0", label: "One" }] }, there),
  ).toBe(false);
});
