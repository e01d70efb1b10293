import { describe, expect, it } from "vitest";
import { pointersOf } from "@/components/form/testing";
import { characteristicSchema, characteristicValues, emptyCharacteristic } from "./schema";

/** Bodies, and where the platform found fault with them when they were sent to it: it is the form that must agree. */
const VERDICTS: [string, Parameters<typeof characteristicValues>[0], string[]][] = [
  ["a text", { name: "Verdict", valueType: "text" }, []],
  ["a name with white space around", { name: "  Verdict ", valueType: "text" }, []],
  ["no name", { name: "", valueType: "text", key: "verdict" }, ["/name"]],
  ["a blank name", { name: "   ", valueType: "text", key: "verdict" }, ["/name"]],
  ["a name of 200", { name: "n".repeat(200), valueType: "text" }, []],
  ["a name of 201", { name: "n".repeat(201), valueType: "text" }, ["/name"]],
  [
    "200 characters outside of the basic plane",
    { name: "😀".repeat(200), valueType: "text", key: "verdict" },
    [],
  ],
  ["a name with a control character", { name: "a\tb", valueType: "text" }, ["/name"]],
  ["a name that makes no key", { name: "日本", valueType: "text", key: null }, ["/key"]],
  ["a key with capitals", { name: "Verdict", valueType: "text", key: "Verdict" }, ["/key"]],
  ["a key of 65", { name: "Verdict", valueType: "text", key: "k".repeat(65) }, ["/key"]],
  ["a key with a hyphen at the end", { name: "Verdict", valueType: "text", key: "verdict-" }, ["/key"]],
  ["a description with lines", { name: "Verdict", valueType: "text", description: "one\ntwo" }, []],
  [
    "a description of 4001",
    { name: "Verdict", valueType: "text", description: "d".repeat(4001) },
    ["/description"],
  ],
  ["a longest text", { name: "Verdict", valueType: "text", constraints: { maxLength: 10 } }, []],
  [
    "a longest text of 0",
    { name: "Verdict", valueType: "text", constraints: { maxLength: 0 } },
    ["/constraints/maxLength"],
  ],
  [
    "a longest text of 4001",
    { name: "Verdict", valueType: "text", constraints: { maxLength: 4001 } },
    ["/constraints/maxLength"],
  ],
  ["a pattern", { name: "Verdict", valueType: "text", constraints: { pattern: "[A-Z]{2}" } }, []],
  [
    "a pattern of 501",
    { name: "Verdict", valueType: "text", constraints: { pattern: "a".repeat(501) } },
    ["/constraints/pattern"],
  ],
  [
    "an integer with limits",
    { name: "Verdict", valueType: "integer", unit: "GB", constraints: { min: "1", max: "10", step: "1" } },
    [],
  ],
  [
    "an integer limit with a fraction",
    { name: "Verdict", valueType: "integer", constraints: { min: "1.5" } },
    ["/constraints/min"],
  ],
  ["an integer limit 12.0", { name: "Verdict", valueType: "integer", constraints: { min: "12.0" } }, []],
  [
    "limits the wrong way round",
    { name: "Verdict", valueType: "integer", constraints: { min: "10", max: "9" } },
    ["/constraints/max"],
  ],
  [
    "a limit of 19 digits",
    { name: "Verdict", valueType: "integer", constraints: { max: "1234567890123456789" } },
    ["/constraints/max"],
  ],
  [
    "a limit that is no number",
    { name: "Verdict", valueType: "integer", constraints: { min: "abc" } },
    ["/constraints/min"],
  ],
  [
    "a step of 0",
    { name: "Verdict", valueType: "integer", constraints: { step: "0" } },
    ["/constraints/step"],
  ],
  [
    "a negative step",
    { name: "Verdict", valueType: "decimal", constraints: { step: "-0.5" } },
    ["/constraints/step"],
  ],
  ["a limit with an exponent", { name: "Verdict", valueType: "decimal", constraints: { max: "1.5e3" } }, []],
  [
    "limits beyond the scale",
    { name: "Verdict", valueType: "decimal", constraints: { min: "0.25", scale: 1 } },
    ["/constraints/min"],
  ],
  [
    "limits within the scale",
    { name: "Verdict", valueType: "decimal", constraints: { min: "0.50", scale: 1 } },
    [],
  ],
  [
    "a scale of 13",
    { name: "Verdict", valueType: "decimal", constraints: { scale: 13 } },
    ["/constraints/scale"],
  ],
  [
    "a negative scale",
    { name: "Verdict", valueType: "decimal", constraints: { scale: -1 } },
    ["/constraints/scale"],
  ],
  [
    "a decimal limit of 41 digits",
    { name: "Verdict", valueType: "decimal", constraints: { max: "1".repeat(41) } },
    ["/constraints/max"],
  ],
  [
    "a date with limits",
    { name: "Verdict", valueType: "date", constraints: { min: "2026-01-01", max: "2026-12-31" } },
    [],
  ],
  [
    "dates the wrong way round",
    { name: "Verdict", valueType: "date", constraints: { min: "2026-12-31", max: "2026-01-01" } },
    ["/constraints/max"],
  ],
  [
    "the 30th of February",
    { name: "Verdict", valueType: "date", constraints: { min: "2026-02-30" } },
    ["/constraints/min"],
  ],
  ["yes or no", { name: "Verdict", valueType: "boolean" }, []],
  [
    "a choice",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [
        { code: "a", label: "L", order: 0, default: true, deprecated: false },
        { code: "b", label: "L", order: 0, default: false, deprecated: false },
      ],
    },
    [],
  ],
  ["a choice without values", { name: "Verdict", valueType: "choice" }, ["/allowedValues"]],
  [
    "a choice of deprecated values",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [{ code: "a", label: "L", order: 0, default: false, deprecated: true }],
    },
    ["/allowedValues"],
  ],
  [
    "two defaults",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [
        { code: "a", label: "L", order: 0, default: true, deprecated: false },
        { code: "b", label: "L", order: 0, default: true, deprecated: false },
      ],
    },
    ["/allowedValues"],
  ],
  [
    "two defaults of several",
    {
      name: "Verdict",
      valueType: "choice",
      multiple: true,
      allowedValues: [
        { code: "a", label: "L", order: 0, default: true, deprecated: false },
        { code: "b", label: "L", order: 0, default: true, deprecated: false },
      ],
    },
    [],
  ],
  [
    "a deprecated default",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [
        { code: "a", label: "L", order: 0, default: false, deprecated: false },
        { code: "b", label: "L", order: 0, default: true, deprecated: true },
      ],
    },
    ["/allowedValues/1/default"],
  ],
  [
    "a code with a space",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [{ code: "a b", label: "L", order: 0, default: false, deprecated: false }],
    },
    ["/allowedValues/0/code"],
  ],
  [
    "no code",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [{ code: "", label: "L", order: 0, default: false, deprecated: false }],
    },
    ["/allowedValues/0/code"],
  ],
  [
    "a code twice",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [
        { code: "a", label: "L", order: 0, default: false, deprecated: false },
        { code: "b", label: "L", order: 0, default: false, deprecated: false },
        { code: "a", label: "L", order: 0, default: false, deprecated: false },
        { code: "a", label: "L", order: 0, default: false, deprecated: false },
      ],
    },
    ["/allowedValues/2/code"],
  ],
  [
    "no label",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [{ code: "a", label: "", order: 0, default: false, deprecated: false }],
    },
    ["/allowedValues/0/label"],
  ],
  [
    "a label of 201",
    {
      name: "Verdict",
      valueType: "choice",
      allowedValues: [{ code: "a", label: "l".repeat(201), order: 0, default: false, deprecated: false }],
    },
    ["/allowedValues/0/label"],
  ],
  [
    "all of it wrong",
    {
      name: "",
      valueType: "choice",
      key: "Bad Key",
      allowedValues: [
        { code: "a b", label: "", order: 0, default: false, deprecated: false },
        { code: "c", label: "L", order: 0, default: true, deprecated: true },
      ],
    },
    ["/allowedValues/0/code", "/allowedValues/0/label", "/allowedValues/1/default", "/key", "/name"],
  ],
];

describe("a characteristic", () => {
  it.each(VERDICTS)("is judged as the platform does: %s", (_, body, pointers) => {
    expect(pointersOf(characteristicSchema.safeParse(characteristicValues(body)))).toEqual(pointers);
  });

  it("is sent without what its type does not have", () => {
    const typed = {
      ...emptyCharacteristic,
      name: " Model ",
      unit: "GB",
      constraints: { ...emptyCharacteristic.constraints, min: "3", pattern: " a" },
      allowedValues: [{ code: "?", label: "", order: 0, default: true, deprecated: true }],
    };
    expect(characteristicSchema.parse(typed)).toEqual({
      name: "Model",
      key: null,
      description: "",
      valueType: "text",
      unit: null,
      multiple: false,
      constraints: { min: null, max: null, step: null, pattern: " a", maxLength: null, scale: null },
      allowedValues: [],
    });
  });

  it("numbers its values anew only when they have moved", () => {
    const value = (code: string, order: number) => ({
      code,
      label: code,
      order,
      default: false,
      deprecated: false,
    });
    const orders = (...values: ReturnType<typeof value>[]) =>
      characteristicSchema
        .parse({ ...emptyCharacteristic, name: "x", valueType: "choice", allowedValues: values })
        .allowedValues?.map((one) => one.order);
    expect(orders(value("a", 10), value("b", 20))).toEqual([10, 20]);
    expect(orders(value("b", 20), value("a", 10))).toEqual([0, 1]);
  });
});
