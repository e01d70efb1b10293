import { describe, expect, it } from "vitest";
import { pointersOf } from "@/components/form/testing";
import { emptyPrice, priceSchema, priceValues } from "./schema";

/** Bodies, and where the platform found fault with them when they were sent to it: it is the form that must agree. */
const VERDICTS: [string, Parameters<typeof priceValues>[0], string[]][] = [
  ["paid once", { name: "Verdict", kind: "ONE_TIME", money: { amount: "9.99", currency: "EUR" } }, []],
  ["free", { name: "Verdict", kind: "ONE_TIME", money: { amount: "0", currency: "EUR" } }, []],
  [
    "no name",
    { name: "", kind: "ONE_TIME", money: { amount: "9.99", currency: "EUR" }, key: "verdict" },
    ["/name"],
  ],
  [
    "no amount",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: null, currency: "EUR" } },
    ["/money/amount"],
  ],
  [
    "an amount that is no number",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "abc", currency: "EUR" } },
    ["/money/amount"],
  ],
  [
    "an amount with a leading zero",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "09", currency: "EUR" } },
    ["/money/amount"],
  ],
  [
    "a negative amount",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "-1", currency: "EUR" } },
    ["/money/amount"],
  ],
  [
    "a third decimal place of EUR",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1.234", currency: "EUR" } },
    ["/money/amount"],
  ],
  [
    "a needless third place",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1.230", currency: "EUR" } },
    [],
  ],
  [
    "a decimal place of JPY",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1.5", currency: "JPY" } },
    ["/money/amount"],
  ],
  [
    "a third place of KWD",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1.234", currency: "KWD" } },
    [],
  ],
  [
    "gold",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1", currency: "XAU" } },
    ["/money/currency"],
  ],
  [
    "a currency in small letters",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1", currency: "eur" } },
    ["/money/currency"],
  ],
  [
    "18 digits",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "999999999999999999", currency: "EUR" } },
    [],
  ],
  [
    "19 digits",
    { name: "Verdict", kind: "ONE_TIME", money: { amount: "1000000000000000000", currency: "EUR" } },
    ["/money/amount"],
  ],
  [
    "recurring",
    {
      name: "Verdict",
      kind: "RECURRING",
      money: { amount: "9.99", currency: "EUR" },
      period: { unit: "month", length: 1 },
    },
    [],
  ],
  [
    "every 366 days",
    {
      name: "Verdict",
      kind: "RECURRING",
      money: { amount: "9.99", currency: "EUR" },
      period: { unit: "day", length: 366 },
    },
    [],
  ],
  [
    "every 367 days",
    {
      name: "Verdict",
      kind: "RECURRING",
      money: { amount: "9.99", currency: "EUR" },
      period: { unit: "day", length: 367 },
    },
    ["/period/length"],
  ],
  [
    "every 0 months",
    {
      name: "Verdict",
      kind: "RECURRING",
      money: { amount: "9.99", currency: "EUR" },
      period: { unit: "month", length: 0 },
    },
    ["/period/length"],
  ],
  [
    "half a month",
    {
      name: "Verdict",
      kind: "RECURRING",
      money: { amount: "9.99", currency: "EUR" },
      period: { unit: "month", length: 1.5 },
    },
    ["/period/length"],
  ],
  [
    "usage",
    { name: "Verdict", kind: "USAGE", money: { amount: "9.99", currency: "EUR" }, unitOfMeasure: "GB" },
    [],
  ],
  [
    "usage without a unit",
    { name: "Verdict", kind: "USAGE", money: { amount: "9.99", currency: "EUR" }, unitOfMeasure: null },
    ["/unitOfMeasure"],
  ],
  [
    "a unit of 33",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { amount: "9.99", currency: "EUR" },
      unitOfMeasure: "u".repeat(33),
    },
    ["/unitOfMeasure"],
  ],
  [
    "usage in millionths",
    { name: "Verdict", kind: "USAGE", money: { amount: "0.000001", currency: "USD" }, unitOfMeasure: "GB" },
    [],
  ],
  [
    "13 places",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { amount: "0.0000000000001", currency: "USD" },
      unitOfMeasure: "GB",
    },
    ["/money/amount"],
  ],
  [
    "tiers",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: [
        { from: "0", amount: "1" },
        { from: "10", amount: "0.5" },
      ],
      mode: "VOLUME",
    },
    [],
  ],
  [
    "tiers that begin at 1",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: [{ from: "1", amount: "1" }],
      mode: "VOLUME",
    },
    ["/tiers/0/from"],
  ],
  [
    "tiers that fall",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: [
        { from: "0", amount: "1" },
        { from: "10", amount: "0.5" },
        { from: "10", amount: "0.4" },
        { from: "5", amount: "1" },
      ],
      mode: "GRADUATED",
    },
    ["/tiers/2/from", "/tiers/3/from"],
  ],
  [
    "a tier from -1",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: [
        { from: "-1", amount: "1" },
        { from: "10", amount: "0.5" },
      ],
      mode: "GRADUATED",
    },
    ["/tiers/0/from"],
  ],
  [
    "a tier without an amount",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: [
        { from: "0", amount: "1" },
        { from: "10", amount: "" },
      ],
      mode: "GRADUATED",
    },
    ["/tiers/1/amount"],
  ],
  [
    "a tier too fine to be paid",
    {
      name: "Verdict",
      kind: "ONE_TIME",
      money: { currency: "EUR" },
      tiers: [{ from: "0", amount: "1.005" }],
      mode: "GRADUATED",
    },
    ["/tiers/0/amount"],
  ],
  [
    "51 tiers",
    {
      name: "Verdict",
      kind: "USAGE",
      money: { currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: Array.from({ length: 51 }, (_, from) => ({ from: String(from), amount: "1" })),
      mode: "VOLUME",
    },
    ["/tiers"],
  ],
  [
    "valid for a year",
    {
      name: "Verdict",
      kind: "ONE_TIME",
      money: { amount: "9.99", currency: "EUR" },
      validFor: { from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" },
    },
    [],
  ],
  [
    "an end before the beginning",
    {
      name: "Verdict",
      kind: "ONE_TIME",
      money: { amount: "9.99", currency: "EUR" },
      validFor: { from: "2027-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" },
    },
    ["/validFor/to"],
  ],
  [
    "an end at the beginning",
    {
      name: "Verdict",
      kind: "ONE_TIME",
      money: { amount: "9.99", currency: "EUR" },
      validFor: { from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00+01:00" },
    },
    ["/validFor/to"],
  ],
  [
    "the year 1969",
    {
      name: "Verdict",
      kind: "ONE_TIME",
      money: { amount: "9.99", currency: "EUR" },
      validFor: { from: "1969-12-31T23:00:00Z" },
    },
    ["/validFor/from"],
  ],
  [
    "the year 9999",
    {
      name: "Verdict",
      kind: "ONE_TIME",
      money: { amount: "9.99", currency: "EUR" },
      validFor: { to: "9999-01-01T00:00:00Z" },
    },
    ["/validFor/to"],
  ],
];

describe("a price", () => {
  it.each(VERDICTS)("is judged as the platform does: %s", (_, body, pointers) => {
    expect(pointersOf(priceSchema.safeParse(priceValues(body)))).toEqual(pointers);
  });

  it("is sent without what its kind does not have", () => {
    const body = priceSchema.parse({
      ...emptyPrice,
      name: "Set-up",
      kind: "ONE_TIME",
      money: { amount: "10.00", currency: "EUR" },
      unitOfMeasure: "GB",
      tiers: [{ from: "", amount: "" }],
    });
    expect(body).toMatchObject({
      money: { amount: "10.00", currency: "EUR" },
      period: null,
      unitOfMeasure: null,
      tiers: [],
      mode: null,
      validFor: { from: null, to: null },
    });
  });

  it("with tiers has no amount beside them", () => {
    const body = priceSchema.parse({
      ...emptyPrice,
      name: "Calls",
      money: { amount: "1", currency: "EUR" },
      tiered: true,
      tiers: [{ from: "0", amount: "1" }],
    });
    expect(body).toMatchObject({
      money: { amount: null },
      tiers: [{ from: "0", amount: "1" }],
      mode: "GRADUATED",
    });
  });
});
