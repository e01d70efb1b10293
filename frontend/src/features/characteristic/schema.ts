import * as z from "zod/mini";
import {
  descriptionText,
  judgeKey,
  keyText,
  lengthOf,
  nameText,
  textFault,
  unprintable,
} from "@/components/form/texts";
import type { components } from "@/lib/api/schema";
import { compare, decimalPlaces, digits, isDecimal, isInteger, plain } from "@/lib/decimals";
import { isDay } from "./value";

export type CharacteristicBody = components["schemas"]["CharacteristicDefine"];
export type ValueType = components["schemas"]["ValueType"];

export const MOST_ALLOWED_VALUES = 500;
const MOST_TEXT = 4000;
const MOST_SCALE = 12;
const MOST_LABEL = 200;
const MOST_PATTERN = 500;

/** Which constraints make sense for which type; the form shows and sends those alone. */
export const CONSTRAINTS: Record<ValueType, readonly (keyof Values["constraints"])[]> = {
  text: ["maxLength", "pattern"],
  integer: ["min", "max", "step"],
  decimal: ["min", "max", "step", "scale"],
  boolean: [],
  date: ["min", "max"],
  choice: [],
};

export const mayHaveSeveral = (type: ValueType) => type !== "boolean" && type !== "date";

const fields = z.object({
  name: nameText,
  key: keyText,
  description: descriptionText,
  valueType: z.enum(["text", "integer", "decimal", "boolean", "date", "choice"]),
  unit: z.string(),
  multiple: z.boolean(),
  constraints: z.object({
    min: z.string(),
    max: z.string(),
    step: z.string(),
    pattern: z.string(),
    maxLength: z.string(),
    scale: z.string(),
  }),
  allowedValues: z.array(
    z.object({
      code: z.string(),
      label: z.string(),
      order: z.number(),
      default: z.boolean(),
      deprecated: z.boolean(),
    }),
  ),
});

export type CharacteristicValues = z.input<typeof fields>;
type Values = CharacteristicValues;
type Say = (path: (string | number)[], message: string) => void;

/** Judges what an author has typed as the platform would; only whether UCUM has a unit, and RE2 a pattern, it does not know. */
export const characteristicSchema: z.ZodMiniType<CharacteristicBody, Values> = z.pipe(
  fields.check(
    z.superRefine((values, context) => {
      const say: Say = (path, message) => context.addIssue({ code: "custom", path, message });
      judgeKey(values, context);
      judgeConstraints(values, say);
      if (values.valueType === "choice") judgeChoice(values, say);
    }),
  ),
  z.transform(bodyOf),
);

function judgeConstraints({ valueType, constraints }: Values, say: Say): void {
  const wanted = CONSTRAINTS[valueType].filter((name) => constraints[name].trim());
  const scale = wanted.includes("scale") ? constraints.scale.trim() : "";
  let good = true;
  const wrong = (name: string, message: string) => {
    good = false;
    say(["constraints", name], message);
  };
  if (scale && !(isInteger(scale) && Number(scale) >= 0 && Number(scale) <= MOST_SCALE)) {
    wrong("scale", `A scale is a whole number between 0 and ${MOST_SCALE}.`);
  }
  for (const name of ["min", "max", "step"] as const) {
    if (!wanted.includes(name)) continue;
    const limit = plain(constraints[name].trim());
    if (valueType === "date") {
      if (!isDay(limit)) wrong(name, `The ${name} of a date is a date such as 2026-01-31.`);
      continue;
    }
    const most = valueType === "integer" ? 18 : 40;
    if (!isDecimal(limit)) wrong(name, "A number such as 12.50 is accepted here.");
    else if (digits(limit) > most) wrong(name, `The ${name} has at most ${most} digits.`);
    else if (valueType === "integer" && decimalPlaces(limit) > 0) {
      wrong(name, `The ${name} of an integer is a whole number.`);
    } else if (isInteger(scale) && decimalPlaces(limit) > Number(scale)) {
      wrong(name, `The ${name} has at most ${scale} decimal places, as the scale says.`);
    } else if (name === "step" && compare(limit, "0") <= 0) wrong(name, "A step is greater than 0.");
  }
  if (wanted.includes("maxLength")) {
    const most = constraints.maxLength.trim();
    if (!isInteger(most)) wrong("maxLength", "A whole number is accepted here.");
    else if (Number(most) < 1 || Number(most) > MOST_TEXT) {
      wrong("maxLength", `A text has 1 to ${MOST_TEXT} characters.`);
    }
  }
  if (wanted.includes("pattern")) {
    const { pattern } = constraints;
    if (lengthOf(pattern) > MOST_PATTERN) wrong("pattern", `A pattern has 1 to ${MOST_PATTERN} characters.`);
    else if (unprintable(pattern))
      wrong("pattern", "A pattern has no control characters: write \\t for a tab.");
  }
  const [min, max] = [constraints.min.trim(), constraints.max.trim()];
  if (good && wanted.includes("min") && wanted.includes("max")) {
    const above = valueType === "date" ? min > max : compare(plain(min), plain(max)) > 0;
    if (above) wrong("max", `The max is not less than the min, ${min}.`);
  }
}

function judgeChoice({ allowedValues, multiple }: Values, say: Say): void {
  const at = (index: number, name: string, message: string) => say(["allowedValues", index, name], message);
  const whole = (message: string) => say(["allowedValues"], message);
  if (!allowedValues.length || allowedValues.length > MOST_ALLOWED_VALUES) {
    whole(`A choice has 1 to ${MOST_ALLOWED_VALUES} allowed values.`);
    return;
  }
  if (allowedValues.every((one) => one.deprecated)) whole("At least one allowed value is not deprecated.");
  if (!multiple && allowedValues.filter((one) => one.default).length > 1) {
    whole("At most one allowed value is the default.");
  }
  const met = new Map<string, number>();
  for (const [index, one] of allowedValues.entries()) {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(one.code)) {
      at(
        index,
        "code",
        "A code has 1 to 64 letters (A-Z, a-z), digits, dots, hyphens and underscores, such as dark-blue.",
      );
    }
    const label = textFault(one.label.trim(), 1, MOST_LABEL);
    if (label) at(index, "label", label);
    met.set(one.code, (met.get(one.code) ?? 0) + 1);
    if (met.get(one.code) === 2) at(index, "code", "Another allowed value has the same code.");
    if (one.default && one.deprecated) at(index, "default", "A deprecated value is not a default.");
  }
}

function bodyOf(values: Values): CharacteristicBody {
  const { constraints, valueType, allowedValues } = values;
  const said = (name: keyof Values["constraints"]) =>
    CONSTRAINTS[valueType].includes(name) ? constraints[name].trim() : "";
  const count = (name: "maxLength" | "scale") => (said(name) ? Number(said(name)) : null);
  return {
    name: values.name.trim(),
    key: values.key || null,
    description: values.description.trim(),
    valueType,
    unit:
      (valueType === "integer" || valueType === "decimal") && values.unit.trim() ? values.unit.trim() : null,
    multiple: mayHaveSeveral(valueType) && values.multiple,
    constraints: {
      min: said("min") || null,
      max: said("max") || null,
      step: said("step") || null,
      pattern: said("pattern") ? constraints.pattern : null, // white space in it means something
      maxLength: count("maxLength"),
      scale: count("scale"),
    },
    allowedValues: valueType === "choice" ? inOrder(allowedValues) : [],
  };
}

/** Values whose numbers follow the order on the screen; those that do already stay as they are. */
function inOrder(values: Values["allowedValues"]): Values["allowedValues"] {
  const fine = values.every((one, index) => index === 0 || one.order >= (values[index - 1]?.order ?? 0));
  return values.map((one, index) => ({ ...one, label: one.label.trim(), order: fine ? one.order : index }));
}

export const emptyCharacteristic: Values = {
  name: "",
  key: "",
  description: "",
  valueType: "text",
  unit: "",
  multiple: false,
  constraints: { min: "", max: "", step: "", pattern: "", maxLength: "", scale: "" },
  allowedValues: [],
};

export function characteristicValues(
  view: Partial<CharacteristicBody> & Pick<CharacteristicBody, "name" | "valueType">,
): Values {
  const said = (value: unknown) => (value === null || value === undefined ? "" : String(value));
  const { constraints } = view;
  return {
    name: view.name,
    key: view.key ?? "",
    description: view.description ?? "",
    valueType: view.valueType,
    unit: view.unit ?? "",
    multiple: view.multiple ?? false,
    constraints: {
      min: said(constraints?.min),
      max: said(constraints?.max),
      step: said(constraints?.step),
      pattern: said(constraints?.pattern),
      maxLength: said(constraints?.maxLength),
      scale: said(constraints?.scale),
    },
    allowedValues: (view.allowedValues ?? [])
      .map(({ code, label, order = 0, default: first = false, deprecated = false }) => ({
        code,
        label,
        order,
        default: first,
        deprecated,
      }))
      .sort((one, other) => one.order - other.order),
  };
}
