import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, merged } from "./merge";

const before = { name: "A", validFor: { from: "", to: "" }, tiers: [1, 2], values: { colour: "red" } };

describe("two changes of one thing", () => {
  const mine = { ...before, name: "Mine", tiers: [1, 2, 3], values: { colour: "red", esim: "true" } };
  const theirs = {
    ...before,
    name: "Theirs",
    validFor: { from: "2026", to: "" },
    values: { colour: "blue" },
  };

  it("differ field by field, and each field has somebody who changed it", () => {
    expect(differences(before, mine, theirs).map(({ name, by }) => [name, by])).toEqual([
      ["name", "both"],
      ["validFor.from", "them"],
      ["tiers", "me"],
      ["values.colour", "them"],
      ["values.esim", "me"],
    ]);
  });

  it("are merged: what one alone has changed stays, of the rest what is chosen", () => {
    const found = differences(before, mine, theirs);
    const both = { ...theirs, tiers: [1, 2, 3], values: { colour: "blue", esim: "true" } };
    expect(merged(theirs, found, new Set())).toEqual(both);
    expect(merged(theirs, found, new Set(["name"]))).toEqual({ ...both, name: "Mine" });
    expect(theirs.tiers).toEqual([1, 2]);
  });

  it("can take a value away", () => {
    const found = differences(before, { ...before, values: {} }, before);
    expect(merged(before, found, new Set())).toEqual({ ...before, values: {} });
  });

  const form = fc.record({
    a: fc.constantFrom("x", "y", "z"),
    b: fc.record({ c: fc.boolean(), d: fc.array(fc.constantFrom(1, 2), { maxLength: 2 }) }),
  });

  it("end with mine when they have changed nothing, with theirs when I have not", () => {
    fc.assert(
      fc.property(form, form, (one, other) => {
        expect(merged(one, differences(one, other, one), new Set())).toEqual(other);
        expect(merged(other, differences(one, one, other), new Set())).toEqual(other);
      }),
    );
  });

  it("end with all of mine where everything of mine is kept and nothing is theirs alone", () => {
    fc.assert(
      fc.property(form, form, form, (old, me, they) => {
        const found = differences(old, me, they);
        const result = merged(they, found, new Set(found.map((one) => one.name)));
        for (const one of differences(old, me, result)) expect(one.by).toBe("them");
      }),
    );
  });
});
