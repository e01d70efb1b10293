import { describe, expect, it } from "vitest";
import { faultsIn, messageAt, nameOf, placed } from "./pointers";

describe("pointers", () => {
  it.each([
    ["/name", "name"],
    ["/allowedValues/0/code", "allowedValues.0.code"],
    ["/values/screen-size/2", "values.screen-size.2"],
    ["/constraints/min/function-before[require(), decimal]", "constraints.min"],
    ["", ""],
  ])("%s is the field %s", (pointer, name) => expect(nameOf(pointer)).toBe(name));

  const has = (name: string) => ["name", "priceIds", "constraints.min"].includes(name);

  it("lead to the nearest field that there is", () => {
    expect(
      placed(
        [
          { code: "a", pointer: "/name", message: "Too long." },
          { code: "b", pointer: "/priceIds/3", message: "Unknown." },
          { code: "c", pointer: "/header/if-match", message: "Bad." },
        ],
        has,
      ),
    ).toEqual([
      { name: "name", message: "Too long." },
      { name: "priceIds", message: "Unknown." },
      { name: "", message: "Bad." },
    ]);
  });

  it("to one field are said together, each message once, in words for people", () => {
    const pointer = "/constraints/min";
    expect(
      placed(
        [
          {
            code: "a",
            pointer: `${pointer}/function-before[require(), decimal]`,
            message: "Value error, A number.",
          },
          {
            code: "a",
            pointer: `${pointer}/function-before[require(), date]`,
            message: "Value error, A day.",
          },
          { code: "a", pointer, message: "A day." },
        ],
        has,
      ),
    ).toEqual([{ name: "constraints.min", message: "A number. A day." }]);
  });
});

describe("the errors of a form", () => {
  const errors = {
    name: { type: "custom", message: "Needed." },
    tiers: {
      root: { type: "custom", message: "Too many." },
      1: { from: { type: "custom", message: "Rises." } },
    },
  };

  it("are found by the name of the field, in its parts only when that is asked for", () => {
    expect(messageAt(errors as never, "name")).toBe("Needed.");
    expect(messageAt(errors as never, "tiers")).toBe("Too many.");
    expect(messageAt(errors as never, "tiers.1")).toBeUndefined();
    expect(messageAt(errors as never, "tiers.1", true)).toBe("Rises.");
    expect(messageAt(errors as never, "other.0.x")).toBeUndefined();
  });

  it("are listed with their names", () => {
    expect(faultsIn(errors as never)).toEqual([
      { name: "name", message: "Needed." },
      { name: "tiers.1.from", message: "Rises." },
      { name: "tiers", message: "Too many." },
    ]);
  });
});
