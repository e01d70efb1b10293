import { describe, expect, it } from "vitest";
import { pointersOf } from "@/components/form/testing";
import type { CharacteristicView } from "@/features/characteristic/value";
import { specificationSchema, specificationValues } from "./schema";

const CHARACTERISTICS: CharacteristicView[] = [
  {
    id: "0197a000-0000-7000-8000-000000000001",
    key: "verdict-colour",
    version: 1,
    createdAt: "",
    createdBy: "publisher",
    modifiedAt: "",
    modifiedBy: "publisher",
    name: "Verdict colour",
    description: "",
    valueType: "choice",
    unit: null,
    constraints: { min: null, max: null, step: null, pattern: null, maxLength: null, scale: null },
    allowedValues: [
      { code: "red", label: "Red", order: 0, default: false, deprecated: false },
      { code: "blue", label: "Blue", order: 1, default: false, deprecated: false },
      { code: "old", label: "Old", order: 2, default: false, deprecated: true },
    ],
    multiple: true,
    status: "ACTIVE",
  },
  {
    id: "0197a000-0000-7000-8000-000000000002",
    key: "verdict-storage",
    version: 1,
    createdAt: "",
    createdBy: "publisher",
    modifiedAt: "",
    modifiedBy: "publisher",
    name: "Verdict storage",
    description: "",
    valueType: "integer",
    unit: "GB",
    constraints: { min: "1", max: "10", step: null, pattern: null, maxLength: null, scale: null },
    allowedValues: [],
    multiple: false,
    status: "ACTIVE",
  },
  {
    id: "0197a000-0000-7000-8000-000000000003",
    key: "verdict-gone",
    version: 2,
    createdAt: "",
    createdBy: "publisher",
    modifiedAt: "",
    modifiedBy: "publisher",
    name: "Verdict gone",
    description: "",
    valueType: "text",
    unit: null,
    constraints: { min: null, max: null, step: null, pattern: null, maxLength: null, scale: null },
    allowedValues: [],
    multiple: false,
    status: "DEPRECATED",
  },
];
const KNOWN = new Map(CHARACTERISTICS.map((one) => [one.id, one]));
const MISSING = new Set(["0197a000-0000-7000-8000-000000000000"]);

/** Bodies, and where the platform found fault with them when they were sent to it: it is the form that must agree. */
const VERDICTS: [string, Parameters<typeof specificationValues>[0], string[]][] = [
  [
    "one use",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000002" }],
    },
    [],
  ],
  ["no use", { name: "Verdict", uses: [] }, ["/uses"]],
  [
    "the same twice",
    {
      name: "Verdict",
      uses: [
        { required: false, characteristicId: "0197a000-0000-7000-8000-000000000002" },
        { required: false, characteristicId: "0197a000-0000-7000-8000-000000000002" },
      ],
    },
    ["/uses/1/characteristicId"],
  ],
  [
    "one that is not",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000000" }],
    },
    ["/uses/0/characteristicId"],
  ],
  [
    "a deprecated one",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000003" }],
    },
    ["/uses/0/characteristicId"],
  ],
  [
    "a default",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000002", default: 5 }],
    },
    [],
  ],
  [
    "a default beyond the limit",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000002", default: 11 }],
    },
    ["/uses/0/default"],
  ],
  [
    "a default of the wrong type",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000002", default: "abc" }],
    },
    ["/uses/0/default"],
  ],
  [
    "several defaults",
    {
      name: "Verdict",
      uses: [
        {
          required: false,
          characteristicId: "0197a000-0000-7000-8000-000000000001",
          default: ["red", "blue"],
        },
      ],
    },
    [],
  ],
  [
    "a deprecated default",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000001", default: ["old"] }],
    },
    ["/uses/0/default/0"],
  ],
  [
    "an unknown default",
    {
      name: "Verdict",
      uses: [
        { required: false, characteristicId: "0197a000-0000-7000-8000-000000000001", default: ["green"] },
      ],
    },
    ["/uses/0/default/0"],
  ],
  [
    "a default twice",
    {
      name: "Verdict",
      uses: [
        {
          required: false,
          characteristicId: "0197a000-0000-7000-8000-000000000001",
          default: ["red", "red"],
        },
      ],
    },
    ["/uses/0/default/1"],
  ],
  [
    "some codes",
    {
      name: "Verdict",
      uses: [
        { required: false, characteristicId: "0197a000-0000-7000-8000-000000000001", allowedCodes: ["red"] },
      ],
    },
    [],
  ],
  [
    "no codes",
    {
      name: "Verdict",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000001", allowedCodes: [] }],
    },
    ["/uses/0/allowedCodes"],
  ],
  [
    "an unknown code",
    {
      name: "Verdict",
      uses: [
        {
          required: false,
          characteristicId: "0197a000-0000-7000-8000-000000000001",
          allowedCodes: ["green"],
        },
      ],
    },
    ["/uses/0/allowedCodes/0"],
  ],
  [
    "a default that is not among the codes",
    {
      name: "Verdict",
      uses: [
        {
          required: false,
          characteristicId: "0197a000-0000-7000-8000-000000000001",
          default: ["blue"],
          allowedCodes: ["red"],
        },
      ],
    },
    ["/uses/0/default/0"],
  ],
  [
    "no name",
    {
      name: "",
      uses: [{ required: false, characteristicId: "0197a000-0000-7000-8000-000000000002" }],
      key: "verdict",
    },
    ["/name"],
  ],
];

/** A use is a field for each of its parts: what is wrong with one of several values is said there. */
const atField = (pointer: string) => pointer.split("/").slice(0, 4).join("/");

describe("a specification", () => {
  it.each(VERDICTS)("is judged as the platform does: %s", (_, body, pointers) => {
    const found = pointersOf(
      specificationSchema({ known: KNOWN, missing: MISSING }).safeParse(specificationValues(body)),
    );
    expect(found).toEqual(pointers.map(atField));
  });

  it("keeps a characteristic that was deprecated meanwhile", () => {
    const gone = CHARACTERISTICS.find((one) => one.status === "DEPRECATED")?.id ?? "";
    const values = specificationValues({
      name: "Phone",
      uses: [{ characteristicId: gone, required: false }],
    });
    expect(
      pointersOf(specificationSchema({ known: KNOWN, kept: new Set([gone]) }).safeParse(values)),
    ).toEqual([]);
  });

  it("says defaults as JSON has them", () => {
    const [colour, storage] = CHARACTERISTICS;
    const body = specificationSchema({ known: KNOWN }).parse({
      name: "Phone",
      key: "",
      description: "",
      uses: [
        { characteristicId: colour?.id ?? "", required: true, default: ["red"], allowedCodes: ["red"] },
        { characteristicId: storage?.id ?? "", required: false, default: "5", allowedCodes: ["left over"] },
      ],
    });
    expect(body.uses).toMatchObject([
      { required: true, default: ["red"], allowedCodes: ["red"] },
      { required: false, default: 5, allowedCodes: null },
    ]);
  });

  it("does not lose a default while its characteristic is on its way", () => {
    const values = specificationValues({
      name: "Phone",
      uses: [{ characteristicId: "x", required: false, default: 5 }],
    });
    expect(pointersOf(specificationSchema({ known: new Map() }).safeParse(values))).toEqual([
      "/uses/0/default",
    ]);
  });
});
