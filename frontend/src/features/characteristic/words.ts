import type { components } from "@/lib/api/schema";
import { formatDate } from "@/lib/dates";
import { formatDecimal } from "@/lib/money";

type Characteristic = components["schemas"]["CharacteristicView"];

export const VALUE_TYPES: Record<components["schemas"]["ValueType"], string> = {
  text: "Text",
  integer: "Whole number",
  decimal: "Decimal number",
  boolean: "Yes or no",
  date: "Date",
  choice: "Choice",
};

/** A value as people read it, by the characteristic where that is known. */
export function valueWords(value: unknown, of?: Characteristic): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map((one) => valueWords(one, of)).join(", ");
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  switch (of?.valueType) {
    case "choice":
      return of.allowedValues.find((one) => one.code === text)?.label ?? text;
    case "date":
      return formatDate(text);
    case "integer":
    case "decimal":
      return [formatDecimal(text), of.unit].filter(Boolean).join(" ");
    default:
      return text;
  }
}
