import { describe, expect, it } from "vitest";
import { pointersOf } from "@/components/form/testing";
import type { CharacteristicView } from "@/features/characteristic/value";
import {
  emptyOffering,
  foreignValues,
  type OfferingBody,
  offeringSchema,
  offeringValues,
  type Template,
  withDefaults,
} from "./schema";

/** Bodies, and where the platform found fault with them when they were sent to it: it is the form that must agree. */
const VERDICTS: [string, Partial<OfferingBody> & Pick<OfferingBody, "name">, string[]][] = [
  ["a name alone", { name: "Verdict" }, []],
  ["no name", { name: "", key: "verdict" }, ["/name"]],
  ["a category", { name: "Verdict", category: "phones/android" }, []],
  ["a category with a capital", { name: "Verdict", category: "Phones" }, ["/category"]],
  ["a category with an empty step", { name: "Verdict", category: "phones//android" }, ["/category"]],
  ["9 steps", { name: "Verdict", category: "a/b/c/d/e/f/g/h/i" }, ["/category"]],
  ["a category of 201", { name: "Verdict", category: "a".repeat(201) }, ["/category"]],
  ["a step of 65", { name: "Verdict", category: "a".repeat(65) }, ["/category"]],
  ["an image", { name: "Verdict", imageUrl: "https://images.example/a.png" }, []],
  ["an image on a port", { name: "Verdict", imageUrl: "http://images.example:8080/a.png" }, []],
  ["an image by FTP", { name: "Verdict", imageUrl: "ftp://images.example/a.png" }, ["/imageUrl"]],
  ["an image without a host", { name: "Verdict", imageUrl: "https:///a.png" }, ["/imageUrl"]],
  ["an image with a space", { name: "Verdict", imageUrl: "https://images.example/a b.png" }, ["/imageUrl"]],
  ["an image of no scheme", { name: "Verdict", imageUrl: "images.example/a.png" }, ["/imageUrl"]],
  [
    "an image of 2001",
    { name: "Verdict", imageUrl: `https://images.example/${"a".repeat(1978)}` },
    ["/imageUrl"],
  ],
  [
    "51 prices",
    { name: "Verdict", priceIds: Array.from({ length: 51 }, (_, index) => String(index)) },
    ["/priceIds"],
  ],
  ["a price", { name: "Verdict", priceIds: ["0197a000-0000-7000-8000-000000000001"] }, []],
  [
    "values that nobody knows",
    { name: "Verdict", values: { colour: "red", esim: true, storage: "abc" } },
    [],
  ],
  [
    "on sale for a year",
    { name: "Verdict", validFor: { from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" } },
    [],
  ],
  [
    "off sale before it is on",
    { name: "Verdict", validFor: { from: "2027-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" } },
    ["/validFor/to"],
  ],
  ["a description of 4001", { name: "Verdict", description: "d".repeat(4001) }, ["/description"]],
  ["a key in capitals", { name: "Verdict", key: "VERDICT" }, ["/key"]],
];

const view = { version: 1, createdAt: "", createdBy: "", modifiedAt: "", modifiedBy: "", description: "" };

function characteristic(id: string, key: string, more: Partial<CharacteristicView>): CharacteristicView {
  const none = { min: null, max: null, step: null, pattern: null, maxLength: null, scale: null };
  return {
    ...view,
    id,
    key,
    name: key,
    valueType: "text",
    unit: null,
    constraints: none,
    allowedValues: [],
    multiple: false,
    status: "ACTIVE",
    ...more,
  };
}

const CODES = [
  { code: "black", label: "Black", order: 0, default: true, deprecated: false },
  { code: "white", label: "White", order: 1, default: false, deprecated: false },
];
const CHARACTERISTICS = [
  characteristic("c1", "storage", { valueType: "integer", unit: "GB" }),
  characteristic("c2", "colours", { valueType: "choice", multiple: true, allowedValues: CODES }),
  characteristic("c3", "esim", { valueType: "boolean" }),
  characteristic("c4", "screen-size", { valueType: "decimal" }),
];
const TEMPLATE: Template = {
  specification: {
    ...view,
    id: "s1",
    key: "phone",
    name: "Phone",
    status: "ACTIVE",
    uses: [
      { characteristicId: "c1", required: true, default: 64, allowedCodes: null },
      { characteristicId: "c2", required: false, default: null, allowedCodes: null },
      { characteristicId: "c3", required: false, default: false, allowedCodes: null },
      { characteristicId: "c4", required: false, default: null, allowedCodes: null },
    ],
    characteristicKeys: CHARACTERISTICS.map((one) => one.key),
  },
  known: new Map(CHARACTERISTICS.map((one) => [one.id, one])),
};

describe("an offering", () => {
  it.each(VERDICTS)("is judged as the platform does: %s", (_, body, pointers) => {
    const values = offeringValues(
      { description: "", category: "", priceIds: [], values: {}, ...body },
      body.key ?? "",
    );
    expect(pointersOf(offeringSchema(null).safeParse(values))).toEqual(pointers);
  });

  const chosen = { ...emptyOffering, name: "Phone", specificationId: ["s1"] };

  it("says its values as JSON has them, and nothing that was not typed", () => {
    const values = {
      storage: "128",
      colours: ["black", "white"],
      esim: "false",
      "screen-size": "6.10",
      other: "x",
    };
    expect(offeringSchema(TEMPLATE).parse({ ...chosen, values }).values).toEqual({
      storage: 128,
      colours: ["black", "white"],
      esim: false,
      "screen-size": "6.10",
    });
    expect(
      offeringSchema(TEMPLATE).parse({ ...chosen, values: { storage: " ", colours: [] } }).values,
    ).toEqual({});
  });

  it("may mistake a value as long as it is a draft", () => {
    expect(offeringSchema(TEMPLATE).parse({ ...chosen, values: { storage: "much" } }).values).toEqual({
      storage: "much",
    });
  });

  it("keeps integers exact that no float has", () => {
    const values = { storage: "9007199254740993" };
    expect(offeringSchema(TEMPLATE).parse({ ...chosen, values }).values).toEqual({
      storage: "9007199254740993",
    });
  });

  it("is not saved while its specification is not known: its values would be lost", () => {
    expect(pointersOf(offeringSchema(null).safeParse(chosen))).toEqual(["/specificationId"]);
  });

  it("names what its specification does not have", () => {
    expect(foreignValues({ storage: "1", weight: "2", empty: "" }, TEMPLATE)).toEqual(["weight"]);
  });

  it("is offered defaults, of the use before those of a choice, where nothing is typed", () => {
    expect(withDefaults({ storage: "128" }, TEMPLATE)).toEqual({
      storage: "128",
      colours: ["black"],
      esim: "false",
    });
    expect(withDefaults({}, TEMPLATE)).toMatchObject({ storage: "64" });
  });
});
