import * as z from "zod/mini";
import {
  descriptionText,
  judgeKey,
  keyText,
  nameText,
  openEnded,
  textFault,
  validity,
} from "@/components/form/texts";
import { isEmpty, jsonOf, typed } from "@/features/characteristic/value";
import type { Known, SpecificationView } from "@/features/specification/schema";
import type { components } from "@/lib/api/schema";
import type { Content } from "./words";

export type OfferingView = components["schemas"]["OfferingView"];
export type OfferingBody = components["schemas"]["Draft"];

export const MOST_PRICES = 50;
const MOST_CATEGORY = 200;
const MOST_SEGMENTS = 8;
const MOST_URL = 2000;
const MOST_TEXT = 4000;
const MOST_IN_A_LIST = 500;
const MOST_WRITTEN = 50_000;

const STEP = /^[a-z0-9]+(-[a-z0-9]+)*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const URL_FORM = /^https?:\/\/[^\s\u0000-\u001f\u007f-\u009f"<>\\^`{|}]+$/i;

const category = z.string().check(
  z.superRefine((value, context) => {
    const path = value.trim();
    const steps = path ? path.split("/") : [];
    if (path.length > MOST_CATEGORY || steps.length > MOST_SEGMENTS) {
      context.addIssue({
        code: "custom",
        message: `A category is a path of at most ${MOST_SEGMENTS} steps and ${MOST_CATEGORY} characters.`,
      });
    } else if (!steps.every((one) => one.length <= 64 && STEP.test(one))) {
      context.addIssue({
        code: "custom",
        message:
          "A category is a path such as phones/android: steps of lower-case letters (a-z) and digits, in words joined by hyphens.",
      });
    }
  }),
);

const imageUrl = z.string().check(
  z.superRefine((value, context) => {
    const url = value.trim();
    if (url.length > MOST_URL) {
      context.addIssue({ code: "custom", message: `At most ${MOST_URL} characters are accepted here.` });
    } else if (url && !(URL_FORM.test(url) && hasHost(url))) {
      context.addIssue({
        code: "custom",
        message:
          "An image has an address that begins with https:// or http://, such as https://images.example/phone.png.",
      });
    }
  }),
);

function hasHost(url: string): boolean {
  if (!/^https?:\/\/[^/?#]/i.test(url)) return false; // browsers would take the first step of the path for it
  const read = URL.canParse(url) ? new URL(url) : null;
  return read !== null && read.hostname !== "" && read.port !== "0";
}

const fields = z.object({
  name: nameText,
  key: keyText,
  description: descriptionText,
  category,
  /** Of one, or none: as it is chosen. */
  specificationId: z.array(z.string()),
  priceIds: z.array(z.string()),
  /** What is typed, by the keys of characteristics. What the specification does not have is not sent. */
  values: z.record(z.string(), z.optional(z.union([z.string(), z.array(z.string())]))),
  validFor: validity,
  imageUrl,
});

export type OfferingValues = z.input<typeof fields>;

/** The kind of product that is chosen, with its characteristics: what the values are made of. */
export interface Template {
  specification: SpecificationView;
  known: Known;
}

/** One input of the values form: a characteristic as the specification uses it. */
export function usesOf({ specification, known }: Template) {
  return specification.uses.flatMap((use, index) => {
    const of = known.get(use.characteristicId);
    const key = specification.characteristicKeys[index];
    return of && key ? [{ key, use, of }] : [];
  });
}

/**
 * Judges what an author has typed as the platform does when a draft is saved: whether values fit their
 * characteristics is asked on publication, so a draft may still lack or mistake them.
 */
export function offeringSchema(template: Template | null): z.ZodMiniType<OfferingBody, OfferingValues> {
  return z.pipe(
    fields.check(
      z.superRefine((all, context) => {
        judgeKey(all, context);
        const { specificationId, priceIds, values } = all;
        const say = (path: (string | number)[], message: string) =>
          context.addIssue({ code: "custom", path, message });
        if (specificationId.length && template?.specification.id !== specificationId[0]) {
          say(
            ["specificationId"],
            "This specification is not loaded yet: wait a moment, or choose another one.",
          );
        }
        if (priceIds.length > MOST_PRICES)
          say(["priceIds"], `An offering has at most ${MOST_PRICES} prices.`);
        const said = template ? jsonValues(values, template) : {};
        for (const [key, value] of Object.entries(said)) {
          const texts = [value].flat();
          if (texts.length > MOST_IN_A_LIST) {
            say(["values", key], `At most ${MOST_IN_A_LIST} values are accepted here.`);
            continue;
          }
          for (const one of texts) {
            const fault = typeof one === "string" ? textFault(one, 0, MOST_TEXT, true) : null;
            if (fault) say(["values", key], fault);
          }
        }
        if (JSON.stringify(said).length > MOST_WRITTEN) {
          say(["values"], `All values together have at most ${MOST_WRITTEN} characters as JSON.`);
        }
      }),
    ),
    z.transform((typedValues: z.output<typeof fields>) => ({
      name: typedValues.name.trim(),
      key: typedValues.key || null,
      description: typedValues.description.trim(),
      category: typedValues.category.trim(),
      specificationId: typedValues.specificationId[0] ?? null,
      priceIds: typedValues.priceIds,
      values: template ? jsonValues(typedValues.values, template) : {},
      validFor: openEnded(typedValues.validFor),
      imageUrl: typedValues.imageUrl.trim() || null,
    })),
  );
}

function jsonValues(values: OfferingValues["values"], template: Template): Record<string, unknown> {
  const said = usesOf(template).map(({ key, of }) => [key, jsonOf(values[key], of)] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

/** The keys of values that are typed, and that the chosen specification does not have. */
export function foreignValues(values: OfferingValues["values"], template: Template | null): string[] {
  const known = new Set(template?.specification.characteristicKeys);
  return Object.keys(values).filter((key) => !known.has(key) && !isEmpty(values[key]));
}

/** What is typed already, with what the specification and its choices offer where nothing is. */
export function withDefaults(values: OfferingValues["values"], template: Template): OfferingValues["values"] {
  const result = { ...values };
  for (const { key, use, of } of usesOf(template)) {
    if (!isEmpty(result[key])) continue;
    const codes = of.allowedValues
      .filter((one) => one.default && (use.allowedCodes?.includes(one.code) ?? true))
      .map((one) => one.code);
    const offered = use.default ?? (of.multiple ? (codes.length ? codes : null) : (codes[0] ?? null));
    if (offered !== null && offered !== undefined) result[key] = typed(offered, of.multiple);
  }
  return result;
}

export const emptyOffering: OfferingValues = {
  name: "",
  key: "",
  description: "",
  category: "",
  specificationId: [],
  priceIds: [],
  values: {},
  validFor: { from: "", to: "" },
  imageUrl: "",
};

export function offeringValues(content: Content, key: string): OfferingValues {
  return {
    name: content.name,
    key,
    description: content.description ?? "",
    category: content.category ?? "",
    specificationId: content.specificationId ? [content.specificationId] : [],
    priceIds: [...(content.priceIds ?? [])],
    values: Object.fromEntries(
      Object.entries(content.values ?? {}).map(([name, value]) => [name, typed(value, Array.isArray(value))]),
    ),
    validFor: { from: content.validFor?.from ?? "", to: content.validFor?.to ?? "" },
    imageUrl: content.imageUrl ?? "",
  };
}
