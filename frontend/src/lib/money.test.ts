import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, decimalPlaces, digits, onStep, plain } from "./decimals";
import { formatDecimal, formatMoney, minorUnits, parseAmount, parseDecimal, spelled } from "./money";

const LOCALES = ["en", "en-GB", "de", "de-CH", "fr", "es", "pl", "en-IN", "sv", "pt-BR", "ja", "ar-EG"];

const amounts = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.stringMatching(/^[0-9]{0,12}$/))
  .map(([before, after]) => (after ? `${before}.${after}` : `${before}`));

const tidy = (text: string) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);

describe("amounts", () => {
  it("come back from their text exactly, in every language", () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(...LOCALES), (amount, locale) => {
        expect(parseDecimal(formatDecimal(amount, locale), locale)).toBe(tidy(amount));
        expect(parseDecimal(spelled(amount, locale), locale)).toBe(amount);
      }),
    );
  });

  it("keep their value as money, with the places of the currency", () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom("EUR", "JPY", "KWD", "CLF", "USD"), (amount, currency) => {
        const read = parseAmount(amount, currency) ?? "";
        expect(compare(read, amount)).toBe(0);
        expect((read.split(".")[1] ?? "").length).toBe(
          Math.max(minorUnits(currency) ?? 0, decimalPlaces(amount)),
        );
        expect(parseAmount(formatMoney(amount, currency), currency)).toBe(read);
      }),
    );
  });

  it.each([
    ["1,234.50", "en", "1234.50"],
    ["1.234,50", "de", "1234.50"],
    ["1 234,50", "fr", "1234.50"],
    ["1'234.50", "de-CH", "1234.50"],
    ["12,34,567.8", "en-IN", "1234567.8"],
    ["12.50", "de", "12.50"],
    ["12,5", "en", "12.5"],
    ["0,125", "en", "0.125"],
    ["1,234", "en", "1234"],
    ["1.234", "en", "1.234"],
    ["1.234", "de", "1234"],
    ["007", "en", "7"],
    ["−3", "en", "-3"],
  ])("%s typed in %s is %s", (typed, locale, exact) => {
    expect(parseDecimal(typed, locale)).toBe(exact);
  });

  it.each(["", "abc", "1.2.3", "1,2,3", "--1", "1e5", ".", ",5", "5.", "1.234,5,6"])(
    "%s is no number",
    (typed) => {
      expect(parseDecimal(typed)).toBeNull();
      expect(parseDecimal(typed, "de")).toBeNull();
    },
  );

  it.each([
    ["€ 12.5", "EUR", "12.50"],
    ["12.5 eur", "EUR", "12.50"],
    ["12", "JPY", "12"],
    ["0.000025", "USD", "0.000025"],
    ["1", "KWD", "1.000"],
  ])("%s of %s is %s", (typed, currency, exact) => {
    expect(parseAmount(typed, currency)).toBe(exact);
  });

  it("are never negative", () => expect(parseAmount("-1", "EUR")).toBeNull());

  it("are shown to their last place", () => {
    expect(formatMoney("12345678901234567.891", "EUR")).toBe("€12,345,678,901,234,567.891");
    expect(formatMoney("0.000025", "USD")).toBe("$0.000025");
    expect(formatMoney("5", "JPY")).toBe("¥5");
    expect(formatMoney("1234.5", "EUR", "de")).toBe("1.234,50\u00a0€");
    expect(formatMoney("1", "XAU")).toBe("1 XAU");
    expect(formatMoney("?", "EUR")).toBe("? EUR");
  });
});

describe("decimals", () => {
  it("are compared as numbers", () => {
    expect(compare("1.10", "1.1")).toBe(0);
    expect(compare("-2", "1")).toBe(-1);
    expect(compare("9007199254740993", "9007199254740992")).toBe(1);
  });

  it("are counted", () => {
    expect([digits("12.50"), digits("0.05"), digits("-7"), digits("0")]).toEqual([4, 2, 1, 1]);
    expect([decimalPlaces("12.50"), decimalPlaces("12"), decimalPlaces("0.000")]).toEqual([1, 0, 0]);
  });

  it("lie on steps", () => {
    expect(onStep("0.3", "0", "0.1")).toBe(true);
    expect(onStep("0.35", "0.05", "0.1")).toBe(true);
    expect(onStep("0.35", "0", "0.1")).toBe(false);
    expect(onStep("-4", "0", "2")).toBe(true);
  });

  it.each([
    ["1e3", "1000"],
    ["1.5E+3", "1500"],
    ["1E-7", "0.0000001"],
    ["12.5e-1", "1.25"],
    ["-2.5e1", "-25"],
    ["12", "12"],
  ])("%s is written out as %s", (text, exact) => expect(plain(text)).toBe(exact));
});
