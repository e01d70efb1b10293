import { describe, expect, it } from "vitest";
import { type CharacteristicView, isDay, jsonOf, typed, valueFault } from "./value";

type Definition = Parameters<typeof valueFault>[1];

const of = (valueType: CharacteristicView["valueType"], more: Partial<Definition> = {}): Definition => ({
  valueType,
  unit: null,
  multiple: false,
  allowedValues: [],
  constraints: {},
  ...more,
});
const colour = of("choice", {
  allowedValues: [
    { code: "red", label: "Red", order: 0, default: false, deprecated: false },
    { code: "old", label: "Old", order: 1, default: false, deprecated: true },
  ],
});

describe("a value", () => {
  it.each<[string, Definition, string | string[], RegExp | null]>([
    ["a text", of("text"), "Pixel", null],
    ["a blank text", of("text"), "  ", /not blank/],
    ["a text that is too long", of("text", { constraints: { maxLength: 2 } }), "abc", /At most 2 characters/],
    [
      "two characters outside of the basic plane",
      of("text", { constraints: { maxLength: 2 } }),
      "😀😀",
      null,
    ],
    ["an integer", of("integer"), "12", null],
    ["an integer with a point", of("integer"), "12.0", /whole number/],
    ["an integer with a leading zero", of("integer"), "012", /whole number/],
    ["an integer of 19 digits", of("integer"), "1234567890123456789", /18 digits/],
    ["too little", of("integer", { unit: "GB", constraints: { min: "1" } }), "0", /At least 1 GB/],
    ["too much", of("decimal", { constraints: { max: "1.5" } }), "1.50001", /At most 1.5/],
    ["just as much", of("decimal", { constraints: { max: "1.5" } }), "1.500", null],
    ["too fine", of("decimal", { constraints: { scale: 1 } }), "1.25", /1 decimal places/],
    ["beside the steps", of("decimal", { constraints: { min: "0.1", step: "0.2" } }), "0.4", /Steps of 0.2/],
    ["on the steps", of("decimal", { constraints: { min: "0.1", step: "0.2" } }), "0.5", null],
    ["yes", of("boolean"), "true", null],
    ["maybe", of("boolean"), "maybe", /Yes or no/],
    ["a day", of("date", { constraints: { min: "2026-01-01" } }), "2026-02-28", null],
    ["a day that is not", of("date"), "2026-02-29", /2026-01-31/],
    ["a day too early", of("date", { constraints: { min: "2026-01-01" } }), "2025-12-31", /or a later date/],
    ["a choice", colour, "red", null],
    ["a deprecated choice", colour, "old", /Old is deprecated/],
    ["no choice of it", colour, "green", /Accepted here: Red/],
    ["several", { ...of("integer"), multiple: true }, ["1", "2"], null],
    ["none of several", { ...of("integer"), multiple: true }, [], /At least one/],
    ["one of several wrong", { ...of("integer"), multiple: true }, ["1", "x"], /Value 2: A whole number/],
    ["the same twice", { ...of("decimal"), multiple: true }, ["1.0", "1"], /Value 2: Each value/],
  ])("is judged as the platform does: %s", (_, definition, value, said) => {
    const fault = valueFault(value, definition);
    if (said === null) expect(fault).toBeNull();
    else expect(fault).toMatch(said);
  });

  it("may be narrowed to some codes", () => {
    const both = {
      ...colour,
      allowedValues: colour.allowedValues.map((one) => ({ ...one, deprecated: false })),
    };
    expect(valueFault("old", both, ["red"])).toBe("Accepted here: Red.");
    expect(valueFault("old", both, null)).toBeNull();
  });

  it.each<[unknown, boolean, CharacteristicView["valueType"]]>([
    [12, false, "integer"],
    ["12.50", false, "decimal"],
    [true, false, "boolean"],
    ["2026-01-31", false, "date"],
    [[1, 2], true, "integer"],
    [["red"], true, "choice"],
  ])("comes back from a form as it was: %s", (value, multiple, valueType) => {
    expect(jsonOf(typed(value, multiple), of(valueType, { multiple }))).toEqual(value);
  });

  it("that is empty is none", () => {
    expect(jsonOf(" ", of("integer"))).toBeUndefined();
    expect(jsonOf([], of("integer", { multiple: true }))).toBeUndefined();
  });
});

it("knows days", () => {
  expect(["2024-02-29", "2026-13-01", "0000-01-01", "2026-1-1"].map(isDay)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
