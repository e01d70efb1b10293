import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountText, fromPriceOf, hueOf, initialsOf, saidOf, tiersOf } from "./entry";
import { attribute, entry, price } from "./example";

const NOW = new Date("2026-06-01T00:00:00Z");

describe("what is said", () => {
  it("has one line for each characteristic, with units as people write them", () => {
    const lines = saidOf([
      attribute({ key: "colour", label: "Colour", type: "choice", value: "ice", text: "Ice", unit: null }),
      attribute({ key: "colour", label: "Colour", type: "choice", value: "moss", text: "Moss", unit: null }),
      attribute({ text: "1024" }),
      attribute({ key: "size", label: "Size", type: "decimal", value: "6.10", text: "6.1", unit: "[in_i]" }),
      attribute({ key: "term", label: "Term", text: "1", unit: "mo" }),
      attribute({ key: "esim", label: "eSIM", type: "boolean", value: true, text: "true", unit: null }),
      attribute({ key: "since", label: "Since", type: "date", value: "x", text: "2025-09-15", unit: null }),
    ]);
    expect(lines.map(({ label, text }) => `${label}: ${text}`)).toEqual([
      "Colour: Ice, Moss",
      "Storage: 1,024 GB",
      "Size: 6.1 in",
      "Term: 1 month",
      "eSIM: Yes",
      "Since: 15 Sept 2025",
    ]);
  });
});

describe("the price from which it is sold", () => {
  it("is that of the amount that the store says, with its period", () => {
    expect(fromPriceOf(entry(), "", NOW)).toEqual({ text: "€24.99", per: "month", least: false });
  });

  it("is the least of several, and of tiers", () => {
    const once = price({ id: "p2", kind: "ONE_TIME", amount: "49.00", period: null });
    expect(fromPriceOf(entry({ prices: [once, price()] }), "", NOW)).toMatchObject({
      per: "month",
      least: true,
    });
    const steps = price({
      kind: "USAGE",
      period: null,
      unitOfMeasure: "GB",
      tiers: [{ from: "0", amount: "24.99" }],
    });
    expect(fromPriceOf(entry({ prices: [steps] }), "", NOW)).toMatchObject({ per: "GB", least: true });
  });

  it("leaves out what does not hold now", () => {
    const past = price({
      id: "p2",
      amount: "1.00",
      validFor: { from: null, to: "2026-05-31T00:00:00Z" },
    });
    expect(fromPriceOf(entry({ prices: [price(), past] }), "", NOW)?.least).toBe(false);
  });

  it("is in the currency that is asked for, or in another one", () => {
    const both = entry({ fromAmounts: { CHF: "30", EUR: "24.99" } });
    expect(fromPriceOf(both, "EUR", NOW)?.text).toBe("€24.99");
    expect(fromPriceOf(both, "USD", NOW)?.text).toBe("CHF\u00a030.00");
    expect(fromPriceOf(entry({ fromAmounts: {} }), "", NOW)).toBeNull();
  });
});

describe("amounts", () => {
  it("say what they are paid for", () => {
    expect(amountText(price({ period: { unit: "day", length: 28 } }))).toBe("€24.99 per 28 days");
    expect(amountText(price({ period: null }))).toBe("€24.99");
    expect(amountText(price({ amount: "0.0005", period: null, unitOfMeasure: "MB" }))).toBe("€0.0005 per MB");
  });

  it("of tiers are told step by step", () => {
    const steps = price({
      kind: "USAGE",
      period: null,
      unitOfMeasure: "min",
      tiers: [
        { from: "0", amount: "0.19" },
        { from: "1000", amount: "0.09" },
      ],
    });
    expect(tiersOf({ ...steps, mode: "VOLUME" })).toEqual({
      lines: [
        { range: "0 to 1,000 min", amount: "€0.19 per min" },
        { range: "1,000 min and more", amount: "€0.09 per min" },
      ],
      note: "The amount that is reached is charged for all.",
    });
    expect(tiersOf(price())).toBeNull();
  });
});

it("what stands for a picture is short, and the same each time", () => {
  expect(["Fibre 1000 24", "mobile l flex", "Öl", "", "5G"].map(initialsOf)).toEqual([
    "F1000",
    "ML",
    "Ö",
    "",
    "5",
  ]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(hueOf(text)).toBe(hueOf(text));
      expect(hueOf(text)).toBeGreaterThanOrEqual(0);
      expect(hueOf(text)).toBeLessThan(360);
      expect(initialsOf(text).length).toBeLessThanOrEqual(12);
    }),
  );
});
