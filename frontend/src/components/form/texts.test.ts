import { describe, expect, it } from "vitest";
import { keyOf } from "./texts";

describe("the key for a name", () => {
  it.each([
    ["Größe (GB)", "grosse-gb"],
    ["Café Ærø", "cafe-aero"],
    ["Łódź", "lodz"],
    ["日本", ""],
    ["  --A--  ", "a"],
    ["½ litre", "1-2-litre"],
    [`${"x".repeat(63)} y`, "x".repeat(63)],
  ])("%s is %s", (name, key) => expect(keyOf(name)).toBe(key));
});
