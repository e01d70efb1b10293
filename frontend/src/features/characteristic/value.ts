import { lengthOf, unprintable } from "@/components/form/texts";
import type { components } from "@/lib/api/schema";
import { compare, decimalPlaces, digits, isDecimal, isInteger, onStep } from "@/lib/decimals";

export type CharacteristicView = components["schemas"]["CharacteristicView"];
type Definition = Pick<CharacteristicView, "valueType" | "unit" | "multiple" | "allowedValues"> & {
  constraints: Partial<Record<"min" | "max" | "step" | "pattern", string | number | null>> &
    Partial<Record<"maxLength" | "scale", number | null>>;
};

/** A value as a form has it: texts, one for each value of several. */
export type Typed = string | string[];

const MOST_TEXT = 4000;
const MOST_VALUES = 500;
const MOST_INTEGER_DIGITS = 18;
const MOST_DIGITS = 40;

export const isNumeric = (type: CharacteristicView["valueType"]) => type === "integer" || type === "decimal";

/** The value as it stands in a form. */
export function typed(value: unknown, multiple: boolean): Typed {
  if (value === null || value === undefined) return multiple ? [] : "";
  if (multiple) return (Array.isArray(value) ? value : [value]).map(String);
  return String(Array.isArray(value) ? (value[0] ?? "") : value);
}

export const isEmpty = (value: Typed | undefined) =>
  value === undefined || (typeof value === "string" ? value.trim() === "" : value.length === 0);

/** The value as JSON has it; undefined for nothing. What cannot be read stays the text it is, to be refused. */
export function jsonOf(value: Typed | undefined, { valueType, multiple }: Definition): unknown {
  if (isEmpty(value)) return undefined;
  const one = (text: string): unknown => {
    if (valueType === "boolean") return text === "true" ? true : text === "false" ? false : text;
    if (valueType === "integer" && isInteger(text) && Number.isSafeInteger(Number(text))) return Number(text);
    return text;
  };
  if (multiple) return (typeof value === "string" ? [value] : (value ?? [])).map(one);
  return one(typeof value === "string" ? value : (value?.[0] ?? ""));
}

/**
 * The first rule that a value breaks, as the platform names it; null for one that may be said. Patterns are left
 * to the platform: only there can one that somebody wrote not keep a whole machine busy.
 */
export function valueFault(
  value: Typed,
  definition: Definition,
  codes?: readonly string[] | null,
): string | null {
  const all = typeof value === "string" ? [value] : value;
  if (definition.multiple) {
    if (!all.length) return "At least one value is needed here.";
    if (all.length > MOST_VALUES) return `At most ${MOST_VALUES} values are accepted here.`;
  }
  const met = new Set<string>();
  for (const [index, one] of all.entries()) {
    const fault = oneFault(one, definition, codes);
    if (fault) return definition.multiple ? `Value ${index + 1}: ${fault}` : fault;
    const same = isNumeric(definition.valueType) ? one.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") : one;
    if (met.has(same)) return `Value ${index + 1}: Each value is accepted once.`;
    met.add(same);
  }
  return null;
}

function oneFault(text: string, definition: Definition, codes?: readonly string[] | null): string | null {
  const { valueType, constraints } = definition;
  switch (valueType) {
    case "text": {
      if (!text.trim()) return "A text that is not blank is accepted here.";
      if (unprintable(text)) return "A text without control characters is accepted here.";
      const most = constraints.maxLength || MOST_TEXT;
      return lengthOf(text) > most ? `At most ${most} characters are accepted here.` : null;
    }
    case "integer":
      if (!isInteger(text)) return "A whole number such as 12 is accepted here.";
      if (digits(text) > MOST_INTEGER_DIGITS)
        return `At most ${MOST_INTEGER_DIGITS} digits are accepted here.`;
      return limitFault(text, definition);
    case "decimal": {
      if (!isDecimal(text)) return "A number such as 12.5 is accepted here.";
      if (digits(text) > MOST_DIGITS) return `At most ${MOST_DIGITS} digits are accepted here.`;
      const { scale } = constraints;
      if (typeof scale === "number" && decimalPlaces(text) > scale) {
        return `At most ${scale} decimal places are accepted here.`;
      }
      return limitFault(text, definition);
    }
    case "boolean":
      return text === "true" || text === "false" ? null : "Yes or no is accepted here.";
    case "date": {
      if (!isDay(text)) return "A date such as 2026-01-31 is accepted here.";
      const { min, max } = constraints;
      if (min && text < String(min)) return `${min} or a later date is accepted here.`;
      return max && text > String(max) ? `${max} or an earlier date is accepted here.` : null;
    }
    case "choice": {
      const found = definition.allowedValues.find((one) => one.code === text);
      const live = definition.allowedValues.filter(
        (one) => !one.deprecated && (codes?.includes(one.code) ?? true),
      );
      const accepted = `Accepted here: ${live
        .slice(0, 10)
        .map((one) => one.label)
        .join(", ")}.`;
      if (!found || !(codes?.includes(text) ?? true)) return accepted;
      return found.deprecated ? `${found.label} is deprecated. ${accepted}` : null;
    }
  }
}

function limitFault(text: string, { constraints, unit }: Definition): string | null {
  const [min, max, step] = [constraints.min, constraints.max, constraints.step].map((one) =>
    one === null || one === undefined || !isDecimal(String(one)) ? null : String(one),
  );
  const of = unit ? ` ${unit}` : "";
  if (min && compare(text, min) < 0) return `At least ${min}${of} is accepted here.`;
  if (max && compare(text, max) > 0) return `At most ${max}${of} is accepted here.`;
  if (step && !onStep(text, min ?? "0", step)) {
    return `Steps of ${step}${of} from ${min ?? 0}${of} are accepted here.`;
  }
  return null;
}

/** Whether a text is a day that there is, spelled 2026-01-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith("0000")) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
