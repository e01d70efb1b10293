import type { components } from "@/lib/api/schema";
import { formatMoney } from "@/lib/money";

type Price = components["schemas"]["PriceView"];

export const KINDS: Record<components["schemas"]["Kind"], string> = {
  ONE_TIME: "One-time",
  RECURRING: "Recurring",
  USAGE: "Usage",
};

export const MODES: Record<components["schemas"]["Mode"], string> = {
  VOLUME: "Volume: the whole quantity at the rate of its tier",
  GRADUATED: "Graduated: each part of the quantity at the rate of its own tier",
};

/** The amount, or the first of several tiers. */
export function amountWords({ money, tiers }: Pick<Price, "money" | "tiers">): string {
  if (money.amount) return formatMoney(money.amount, money.currency);
  const [first] = tiers;
  if (!first) return "–";
  const words = formatMoney(first.amount, money.currency);
  return tiers.length > 1 ? `${words}, ${tiers.length} tiers` : words;
}

/** What the amount is for: "a month", "every 2 years", "per min"; nothing for what is paid once. */
export function perWords({ period, unitOfMeasure }: Pick<Price, "period" | "unitOfMeasure">): string {
  if (period) {
    const length = period.length ?? 1;
    return length === 1 ? `a ${period.unit}` : `every ${length} ${period.unit}s`;
  }
  return unitOfMeasure ? `per ${unitOfMeasure}` : "";
}
