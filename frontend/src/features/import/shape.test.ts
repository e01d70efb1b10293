// @vitest-environment node
import { expect, test } from "vitest";
import document from "../../../openapi.json";
import type { Kind } from "./rows";
import { malformed, type Schema, shapesOf } from "./shape";

const shapes = shapesOf(document.components.schemas as Record<string, Schema>);
const found = (kind: Kind, body: unknown) =>
  malformed(shapes, kind, body).map(({ code, pointer }) => `${pointer} ${code}`);

const price = { name: "A", kind: "ONE_TIME", money: { amount: "9.90", currency: "EUR" } };

test("what is well-formed has no faults", () => {
  expect(found("price", price)).toEqual([]);
  expect(
    found("price", { ...price, period: { unit: "month" }, tiers: [{ from: "0", amount: "1" }] }),
  ).toEqual([]);
  expect(
    found("characteristic", {
      name: "A",
      valueType: "decimal",
      unit: null,
      constraints: { min: 0, max: "1e3" },
    }),
  ).toEqual([]);
  expect(
    found("specification", { name: "A", uses: [{ characteristicId: "new:a", default: [1, "x"] }] }),
  ).toEqual([]);
  expect(
    found("offering", { name: "A", values: { any: ["thing", 1, true] }, validFor: { from: null } }),
  ).toEqual([]);
});

test("each fault is named where it is", () => {
  expect(found("price", { kind: "TWICE", money: { amount: 9.9 }, colour: "red" }).sort()).toEqual([
    "/colour unknown_field",
    "/kind enum",
    "/money/amount type",
    "/money/currency missing",
    "/name missing",
  ]);
  expect(found("price", { ...price, money: { amount: "1,5", currency: "EUR" } })).toEqual([
    "/money/amount pattern",
  ]);
  expect(found("price", { ...price, period: { unit: "fortnight" } })).toEqual(["/period/unit enum"]);
  expect(found("specification", { name: "A", uses: [{}, 7] })).toEqual([
    "/uses/0/characteristicId missing",
    "/uses/1 type",
  ]);
  expect(found("characteristic", { name: "A", valueType: "text", constraints: { maxLength: 1.5 } })).toEqual([
    "/constraints/maxLength type",
  ]);
  expect(found("offering", [])).toEqual([" type"]);
});
