import type { components } from "@/lib/api/schema";
import { formatDate } from "@/lib/dates";
import { formatCount } from "@/lib/formats";
import { formatDecimal } from "@/lib/money";

type Attribute = components["schemas"]["AttributeView"];
type Period = NonNullable<components["schemas"]["EntryPriceView"]["period"]>;

/** Units of UCUM whose code is not what people write; all others are. */
const UNITS: Record<string, string> = {
  "[in_i]": "in",
  "[ft_i]": "ft",
  "[lb_av]": "lb",
  "[oz_av]": "oz",
  "mA.h": "mAh",
  "A.h": "Ah",
  "kW.h": "kWh",
  "W.h": "Wh",
  Cel: "°C",
  "[degF]": "°F",
  deg: "°",
  a: "years",
  mo: "months",
  wk: "weeks",
  d: "days",
};

const ONE: Record<string, string> = { a: "year", mo: "month", wk: "week", d: "day" };

/** A unit as people write it; of one, when the number is 1. */
export const unitText = (unit: string, number = "") =>
  (number === "1" ? ONE[unit] : undefined) ?? UNITS[unit] ?? unit;

/** A value of an attribute as people read it, with its unit. */
export function valueText({ type, value, text, unit }: Attribute): string {
  if (type === "boolean") return value === true ? "Yes" : "No";
  if (type === "date") return formatDate(text);
  const number = type === "integer" || type === "decimal" ? formatDecimal(text) : text;
  return unit ? `${number} ${unitText(unit, text)}` : number;
}

/** The last step of a category, and each step of it: "phones/android" is "Android" in "Phones". */
export const stepText = (step: string) =>
  step.charAt(0).toUpperCase() + step.slice(1).replaceAll("-", " ").replaceAll("_", " ");

export const categorySteps = (category: string) => category.split("/").filter(Boolean);

export const categoryText = (category: string) => categorySteps(category).map(stepText).join(" / ");

/** How often a recurring price is paid: "month", "28 days". */
export const periodText = ({ unit, length }: Period) => (length === 1 ? unit : `${length} ${unit}s`);

/** "1 offering", "12 offerings". */
export const counted = (count: number) => `${formatCount(count)} ${count === 1 ? "offering" : "offerings"}`;
