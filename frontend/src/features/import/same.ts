import type { components } from "@/lib/api/schema";
import { exact, type Kind, type Said } from "./rows";

type Schemas = components["schemas"];

/** One thing as the platform shows it. */
export interface Views {
  characteristic: Schemas["CharacteristicView"];
  specification: Schemas["SpecificationView"];
  price: Schemas["PriceView"];
  offering: Schemas["OfferingView"];
}
export type View = Views[Kind];

/**
 * Whether a well-formed body says what there is already, however it spells it: amounts, moments, what is left out.
 * Should it take something for a change that is none, the platform changes nothing.
 */
export function saysTheSame(kind: Kind, body: Said, view: View): boolean {
  const there = kind === "offering" ? contentOf(view as Views["offering"]) : (view as unknown as Said);
  return written(SAID[kind](body)) === written(SAID[kind](there));
}

const contentOf = ({ draft, live }: Views["offering"]) => (draft ?? live ?? {}) as unknown as Said;

const SAID: Record<Kind, (body: Said) => Said> = {
  characteristic: (one) => ({
    ...named(one),
    valueType: one.valueType,
    unit: one.unit ?? null,
    constraints: constraints(one.constraints),
    allowedValues: list(one.allowedValues).map((value) => ({
      code: value.code,
      label: tidy(value.label),
      order: value.order ?? 0,
      default: value.default ?? false,
      deprecated: value.deprecated ?? false,
    })),
    multiple: one.multiple ?? false,
  }),
  specification: (one) => ({
    ...named(one),
    uses: list(one.uses).map((use) => ({
      characteristicId: use.characteristicId,
      required: use.required ?? false,
      default: use.default ?? null,
      allowedCodes: use.allowedCodes ?? null,
    })),
  }),
  price: (one) => {
    const money = object(one.money);
    const period = one.period ? object(one.period) : null;
    return {
      ...named(one),
      kind: one.kind,
      amount: number(money.amount),
      currency: money.currency,
      period: period && { unit: period.unit, length: period.length ?? 1 },
      unitOfMeasure: tidy(one.unitOfMeasure ?? null),
      tiers: list(one.tiers).map((tier) => ({ from: number(tier.from), amount: number(tier.amount) })),
      mode: one.mode ?? null,
      validFor: validity(one.validFor),
      taxIncluded: one.taxIncluded ?? false,
    };
  },
  offering: (one) => ({
    ...named(one),
    category: tidy(one.category ?? ""),
    specificationId: one.specificationId ?? null,
    priceIds: one.priceIds ?? [],
    values: one.values ?? {},
    validFor: validity(one.validFor),
    imageUrl: tidy(one.imageUrl ?? null),
  }),
};

const named = (one: Said) => ({ name: tidy(one.name), description: tidy(one.description ?? "") });

function constraints(given: unknown): Said {
  const one = object(given);
  return {
    min: number(one.min),
    max: number(one.max),
    step: number(one.step),
    pattern: one.pattern ?? null,
    maxLength: one.maxLength ?? null,
    scale: one.scale ?? null,
  };
}

function validity(given: unknown): Said {
  const { from, to } = object(given);
  return { from: moment(from), to: moment(to) };
}

/** A moment in UTC, without zeros at the end of its second; as exact as it is written. */
function moment(value: unknown): unknown {
  if (typeof value !== "string") return value ?? null;
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) return value;
  const fraction = (/\.(\d+)/.exec(value)?.[1] ?? "").replace(/0+$/, "");
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction}`;
}

const number = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? exact(String(value)) : (value ?? null);
const tidy = (value: unknown) => (typeof value === "string" ? value.trim() : value);
const object = (value: unknown): Said => (typeof value === "object" && value !== null ? (value as Said) : {});
const list = (value: unknown): Said[] => (Array.isArray(value) ? value.map(object) : []);

/** JSON, the same for objects with the same names and values. */
const written = (value: unknown): string =>
  JSON.stringify(value, (_name, one) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
