import { expect, test } from "vitest";
import { formatDate, formatDateTime, formatExact, formatValidity } from "./dates";

test("a moment says its zone", () => {
  expect(formatDateTime("2026-11-27T18:08:09.185Z", "UTC")).toBe("27 Nov 2026, 18:08 UTC");
  expect(formatDateTime("2026-11-27T18:08:09.185Z", "Europe/Berlin")).toMatch(
    /^27 Nov 2026, 19:08 (CET|GMT\+1)$/,
  );
  expect(formatDateTime("2026-07-01T18:08:09Z", "Europe/Berlin")).toMatch(
    /^1 Jul(y)? 2026, 20:08 (CEST|GMT\+2)$/,
  );
});

test("to the second", () => {
  expect(formatExact("2026-11-27T18:08:09Z", "UTC")).toBe("27 Nov 2026, 18:08:09 UTC");
});

test("a day without a time is that day in every zone", () => {
  expect(formatDate("2026-11-27", "America/Los_Angeles")).toBe("27 Nov 2026");
  expect(formatDate("2026-11-27T23:30:00Z", "Asia/Tokyo")).toBe("28 Nov 2026");
});

test("what is no date is shown as it is", () => {
  expect(formatDate("soon")).toBe("soon");
  expect(formatDateTime("")).toBe("");
});

test("open ends", () => {
  const from = "2026-01-01T00:00:00Z";
  const to = "2027-01-01T00:00:00Z";
  expect(formatValidity({}, "UTC")).toBe("always");
  expect(formatValidity({ from, to: null }, "UTC")).toBe("from 1 Jan 2026, 00:00 UTC");
  expect(formatValidity({ from: null, to }, "UTC")).toBe("until 1 Jan 2027, 00:00 UTC");
  expect(formatValidity({ from, to }, "UTC")).toBe("1 Jan 2026, 00:00 UTC to 1 Jan 2027, 00:00 UTC");
});
