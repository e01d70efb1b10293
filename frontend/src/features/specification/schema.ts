import * as z from "zod/mini";
import { descriptionText, judgeKey, keyText, nameText } from "@/components/form/texts";
import { type CharacteristicView, isEmpty, jsonOf, typed, valueFault } from "@/features/characteristic/value";
import type { components } from "@/lib/api/schema";

export type SpecificationView = components["schemas"]["SpecificationView"];
export type SpecificationBody = components["schemas"]["SpecificationDefine"];

export const MOST_USES = 100;

/** Characteristics by their ids. */
export type Known = ReadonlyMap<string, CharacteristicView>;

const fields = z.object({
  name: nameText,
  key: keyText,
  description: descriptionText,
  uses: z.array(
    z.object({
      characteristicId: z.string(),
      required: z.boolean(),
      /** As it is typed: the characteristic says what it is as JSON. */
      default: z.union([z.string(), z.array(z.string())]),
      allowedCodes: z.nullable(z.array(z.string())),
    }),
  ),
});

export type SpecificationValues = z.input<typeof fields>;
export type UseValues = SpecificationValues["uses"][number];

/** What is known of the characteristics that a specification uses. */
export interface Context {
  known: Known;
  /** Those that were asked for, and are not there. */
  missing?: ReadonlySet<string>;
  /** Those that the specification uses already: one that is deprecated by now may stay. */
  kept?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Judges what an author has typed as the platform would, as far as the characteristics are known yet. */
export function specificationSchema({
  known,
  missing = NONE,
  kept = NONE,
}: Context): z.ZodMiniType<SpecificationBody, SpecificationValues> {
  return z.pipe(
    fields.check(
      z.superRefine((values, context) => {
        judgeKey(values, context);
        const { uses } = values;
        const say = (path: (string | number)[], message: string) =>
          context.addIssue({ code: "custom", path, message });
        if (!uses.length || uses.length > MOST_USES) {
          say(["uses"], `1 to ${MOST_USES} characteristics are accepted here; ${uses.length} given.`);
          return;
        }
        const met = new Set<string>();
        for (const [index, use] of uses.entries()) {
          const id = use.characteristicId;
          const of = known.get(id);
          if (met.has(id)) say(["uses", index, "characteristicId"], "Each characteristic is accepted once.");
          else if (missing.has(id)) {
            say(["uses", index, "characteristicId"], "There is no such characteristic any more.");
          } else if (of) judge(use, of, kept.has(id), (name, message) => say(["uses", index, name], message));
          else if (!isEmpty(use.default)) {
            say(["uses", index, "default"], "This is not loaded yet: wait a moment.");
          }
          met.add(id);
        }
      }),
    ),
    z.transform((values) => bodyOf(values, known)),
  );
}

function judge(
  use: UseValues,
  of: CharacteristicView,
  kept: boolean,
  say: (name: string, message: string) => void,
): void {
  if (of.status === "DEPRECATED" && !kept) {
    say("characteristicId", `${of.name} is deprecated: it stays where it is used, and is for nothing new.`);
  }
  const codes = of.valueType === "choice" ? use.allowedCodes : null;
  if (codes) {
    const unknown = codes.filter((code) => !of.allowedValues.some((one) => one.code === code));
    if (!codes.length) say("allowedCodes", "At least one value is needed here, or all of them.");
    else if (unknown.length) say("allowedCodes", `${of.name} does not have ${unknown.join(", ")}.`);
  }
  if (!isEmpty(use.default)) {
    const fault = valueFault(use.default, of, codes);
    if (fault) say("default", fault);
  }
}

function bodyOf(values: SpecificationValues, known: Known): SpecificationBody {
  return {
    name: values.name.trim(),
    key: values.key || null,
    description: values.description.trim(),
    uses: values.uses.map((use) => {
      const of = known.get(use.characteristicId);
      return {
        characteristicId: use.characteristicId,
        required: use.required,
        default: of ? (jsonOf(use.default, of) ?? null) : null,
        allowedCodes: of?.valueType === "choice" ? use.allowedCodes : null,
      };
    }),
  };
}

export const emptySpecification: SpecificationValues = { name: "", key: "", description: "", uses: [] };

export function newUse(characteristicId: string): UseValues {
  return { characteristicId, required: false, default: "", allowedCodes: null };
}

export function specificationValues(
  view: Partial<SpecificationBody> & Pick<SpecificationBody, "name">,
): SpecificationValues {
  return {
    name: view.name,
    key: view.key ?? "",
    description: view.description ?? "",
    uses: (view.uses ?? []).map((use) => ({
      characteristicId: use.characteristicId,
      required: use.required ?? false,
      default: typed(use.default, Array.isArray(use.default)),
      allowedCodes: use.allowedCodes ?? null,
    })),
  };
}
