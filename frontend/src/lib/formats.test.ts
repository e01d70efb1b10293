import fc from "fast-check";
import { expect, it } from "vitest";
import { dateFormat, formatCount, numberFormat } from "./formats";

it("writes a count as the language does", () => {
  fc.assert(
    fc.property(fc.nat(), (count) => {
      expect(formatCount(count)).toBe(count.toLocaleString("en"));
    }),
  );
  expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

it("makes each format once", () => {
  expect(numberFormat("en", { maximumFractionDigits: 2 })).toBe(
    numberFormat("en", { maximumFractionDigits: 2 }),
  );
  expect(numberFormat("en", { maximumFractionDigits: 2 })).not.toBe(
    numberFormat("de", { maximumFractionDigits: 2 }),
  );
  const [utc, tokyo] = ["UTC", "Asia/Tokyo"].map((timeZone) =>
    dateFormat("en-GB", { hour: "2-digit", timeZone }),
  );
  expect(utc).not.toBe(tokyo);
});
