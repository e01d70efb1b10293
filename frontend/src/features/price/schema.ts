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
import type { components } from "@/lib/api/schema";
import { compare, decimalPlaces, digits, isDecimal, isInteger } from "@/lib/decimals";
import { minorUnits } from "@/lib/money";

export type PriceBody = components["schemas"]["PricingDefine"];

export const MOST_TIERS = 50;
const MOST_INTEGER_DIGITS = 18;
const MOST_PLACES = 12;
const MOST_LENGTH = 366;
const MOST_UNIT = 32;

const fields = z.object({
  name: nameText,
  key: keyText,
  description: descriptionText,
  kind: z.enum(["ONE_TIME", "RECURRING", "USAGE"]),
  money: z.object({ amount: z.string(), currency: z.string() }),
  period: z.object({ unit: z.enum(["day", "month", "year"]), length: z.string() }),
  unitOfMeasure: z.string(),
  tiered: z.boolean(),
  tiers: z.array(z.object({ from: z.string(), amount: z.string() })),
  mode: z.enum(["VOLUME", "GRADUATED"]),
  validFor: validity,
  taxIncluded: z.boolean(),
});

export type PriceValues = z.input<typeof fields>;

/** Judges what an author has typed as the platform would. What the kind does not have is neither judged nor sent. */
export const priceSchema: z.ZodMiniType<PriceBody, PriceValues> = z.pipe(
  fields.check(
    z.superRefine((values, context) => {
      const say = (path: (string | number)[], message: string) =>
        context.addIssue({ code: "custom", path, message });
      judgeKey(values, context);
      const { money, kind, tiers } = values;
      if (minorUnits(money.currency) === undefined) {
        say(
          ["money", "currency"],
          "A currency is the code that ISO 4217 gives it: three capital letters such as EUR.",
        );
      }
      if (kind === "RECURRING") {
        const { length } = values.period;
        if (!isInteger(length) || Number(length) < 1 || Number(length) > MOST_LENGTH) {
          say(["period", "length"], `A period is 1 to ${MOST_LENGTH} of its unit long.`);
        }
      }
      if (kind === "USAGE") {
        const unit = values.unitOfMeasure.trim();
        const fault = unit
          ? textFault(unit, 1, MOST_UNIT)
          : "A price for usage has a unit of measure, such as GB.";
        if (fault) say(["unitOfMeasure"], fault);
      }
      if (!values.tiered) {
        const fault = money.amount
          ? amountFault(money.amount, values)
          : "Say what a unit costs, here or in tiers.";
        if (fault) say(["money", "amount"], fault);
        return;
      }
      if (!tiers.length) say(["tiers"], "At least one tier is needed, or no tiers at all.");
      if (tiers.length > MOST_TIERS) {
        say(["tiers"], `A price has at most ${MOST_TIERS} tiers.`);
        return;
      }
      const starts = tiers.map((one) => numberFault(one.from));
      for (const [index, one] of tiers.entries()) {
        const amount = amountFault(one.amount, values);
        if (amount) say(["tiers", index, "amount"], amount);
        const fault = starts[index] ?? (starts.some(Boolean) ? null : orderFault(tiers, index));
        if (fault) say(["tiers", index, "from"], fault);
      }
    }),
  ),
  z.transform(bodyOf),
);

function numberFault(text: string): string | null {
  if (!isDecimal(text)) return "A number such as 12.50 is accepted here.";
  if (text.startsWith("-") && compare(text, "0") < 0)
    return "A number that is 0 or greater is accepted here.";
  const before = (text.split(".")[0] ?? "").length;
  if (digits(text) > MOST_INTEGER_DIGITS + MOST_PLACES || before > MOST_INTEGER_DIGITS) {
    return `At most ${MOST_INTEGER_DIGITS} digits before the point, and ${MOST_PLACES} after it, are accepted here.`;
  }
  return decimalPlaces(text) > MOST_PLACES
    ? `At most ${MOST_PLACES} decimal places are accepted here.`
    : null;
}

/** An amount is as fine as the currency is paid, or finer when it is for usage. */
function amountFault(text: string, { money, kind }: PriceValues): string | null {
  const fault = numberFault(text);
  const places = minorUnits(money.currency);
  if (fault || places === undefined || kind === "USAGE" || decimalPlaces(text) <= places) return fault;
  return `An amount in ${money.currency} has at most ${places} decimal places; only prices for usage have more.`;
}

function orderFault(tiers: PriceValues["tiers"], index: number): string | null {
  const [before, own] = [tiers[index - 1]?.from, tiers[index]?.from ?? ""];
  if (before === undefined) {
    return compare(own, "0") === 0 ? null : "The first tier is from 0 on, so that every quantity has one.";
  }
  return compare(own, before) > 0 ? null : `Tiers rise: this one is from more than ${before} on.`;
}

function bodyOf(values: PriceValues): PriceBody {
  const { kind, tiered, money } = values;
  return {
    name: values.name.trim(),
    key: values.key || null,
    description: values.description.trim(),
    kind,
    money: { amount: tiered ? null : money.amount, currency: money.currency },
    period: kind === "RECURRING" ? { unit: values.period.unit, length: Number(values.period.length) } : null,
    unitOfMeasure: kind === "USAGE" ? values.unitOfMeasure.trim() : null,
    tiers: tiered ? values.tiers : [],
    mode: tiered ? values.mode : null,
    validFor: openEnded(values.validFor),
    taxIncluded: values.taxIncluded,
  };
}

export const emptyPrice: PriceValues = {
  name: "",
  key: "",
  description: "",
  kind: "RECURRING",
  money: { amount: "", currency: "EUR" },
  period: { unit: "month", length: "1" },
  unitOfMeasure: "",
  tiered: false,
  tiers: [],
  mode: "GRADUATED",
  validFor: { from: "", to: "" },
  taxIncluded: false,
};

export function priceValues(
  view: Partial<PriceBody> & Pick<PriceBody, "name" | "kind" | "money">,
): PriceValues {
  const { period, tiers = [], validFor } = view;
  return {
    name: view.name,
    key: view.key ?? "",
    description: view.description ?? "",
    kind: view.kind,
    money: { amount: view.money.amount ?? "", currency: view.money.currency },
    period: { unit: period?.unit ?? "month", length: String(period?.length ?? 1) },
    unitOfMeasure: view.unitOfMeasure ?? "",
    tiered: tiers.length > 0,
    tiers: tiers.map(({ from, amount }) => ({ from, amount })),
    mode: view.mode ?? "GRADUATED",
    validFor: { from: validFor?.from ?? "", to: validFor?.to ?? "" },
    taxIncluded: view.taxIncluded ?? false,
  };
}
