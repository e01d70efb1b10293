import { describe, expect, it } from "vitest";
import { localText, momentOf, offsetAt } from "./moments";

describe("moments (in Berlin)", () => {
  it.each([
    ["2026-01-31T00:00:00.000Z", "2026-01-31T01:00"],
    ["2026-07-01T10:30:00.000Z", "2026-07-01T12:30"],
    ["2026-07-01T10:30:15.000Z", "2026-07-01T12:30:15"],
  ])("%s is typed as %s", (iso, local) => {
    expect(localText(iso)).toBe(local);
    expect(momentOf(local)).toBe(iso);
  });

  it("can be none", () =>
    expect([localText(""), momentOf(""), localText("incomplete")]).toEqual(["", "", ""]));

  it("say how far they are from UTC", () => {
    expect([offsetAt("2026-01-31T00:00:00Z"), offsetAt("2026-07-31T00:00:00Z")]).toEqual([
      "+01:00",
      "+02:00",
    ]);
  });
});
