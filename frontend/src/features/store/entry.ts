import type { components } from "@/lib/api/schema";
import { compare, isDecimal } from "@/lib/decimals";
import { formatDecimal, formatMoney } from "@/lib/money";
import { periodText, unitText, valueText } from "./words";

export type Entry = components["schemas"]["EntryView"];
export type EntryPrice = components["schemas"]["EntryPriceView"];

export interface Said {
  key: string;
  label: string;
  text: string;
}

/** What is said of a product, one line for each characteristic: those with several values have one line, too. */
export function saidOf(attributes: Entry["attributes"]): Said[] {
  const lines = new Map<string, Said>();
  for (const one of attributes) {
    const text = valueText(one);
    const line = lines.get(one.key);
    lines.set(one.key, line ? { ...line, text: `${line.text}, ${text}` } : { ...one, text });
  }
  return [...lines.values()].map(({ key, label, text }) => ({ key, label, text }));
}

export interface FromPrice {
  text: string;
  /** What it is paid for or how often: "month", "GB"; "" when it is paid once. */
  per: string;
  /** Whether it may cost more than that. */
  least: boolean;
}

/** The kinds of prices, in the order in which they say most of what something costs. */
const KINDS = ["RECURRING", "ONE_TIME", "USAGE"];

/** What an offering costs at least, in one currency or else in the first that it has; null without any. */
export function fromPriceOf(entry: Entry, wanted: string, now: Date): FromPrice | null {
  const currency = entry.fromAmounts[wanted] === undefined ? Object.keys(entry.fromAmounts)[0] : wanted;
  const amount = currency === undefined ? undefined : entry.fromAmounts[currency];
  if (currency === undefined || amount === undefined) return null;
  const valid = entry.prices.filter((one) => one.currency === currency && holds(one, now));
  const price = valid
    .filter((one) => same(one.amount, amount))
    .sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))[0];
  return {
    text: formatMoney(amount, currency),
    per: price ? perOf(price) : "",
    least: valid.length > 1 || Boolean(price?.tiers.length),
  };
}

export function holds({ validFor: { from, to } }: EntryPrice, now: Date): boolean {
  return (!from || new Date(from) <= now) && (!to || new Date(to) > now);
}

const same = (one: string, other: string) =>
  isDecimal(one) && isDecimal(other) ? compare(one, other) === 0 : one === other;

const perOf = ({ period, unitOfMeasure }: EntryPrice) =>
  period ? periodText(period) : unitOfMeasure ? unitText(unitOfMeasure, "1") : "";

const KIND_TEXTS: Record<string, string> = {
  RECURRING: "Recurring",
  ONE_TIME: "Once",
  USAGE: "By use",
};

export const kindText = (kind: string) => KIND_TEXTS[kind] ?? kind;

/** "€24.99 per month" */
export function amountText(price: EntryPrice): string {
  const money = formatMoney(price.amount, price.currency);
  const per = perOf(price);
  return per ? `${money} per ${per}` : money;
}

export interface TierLine {
  range: string;
  amount: string;
}

/** The steps of a price, and how they are charged. */
export function tiersOf(price: EntryPrice): { lines: TierLine[]; note: string } | null {
  if (!price.tiers.length) return null;
  const unit = price.unitOfMeasure ? ` ${unitText(price.unitOfMeasure)}` : "";
  const lines = price.tiers.map((tier, index) => {
    const next = price.tiers[index + 1];
    const from = formatDecimal(tier.from);
    return {
      range: next ? `${from} to ${formatDecimal(next.from)}${unit}` : `${from}${unit} and more`,
      amount: amountText({ ...price, amount: tier.amount }),
    };
  });
  const note =
    price.mode === "VOLUME"
      ? "The amount that is reached is charged for all."
      : "Each step is charged at its own amount.";
  return { lines, note };
}

/** What stands for an offering that has no picture: "F100" for Fibre 100, "ML" for Mobile L. */
export function initialsOf(name: string): string {
  const [first = "", second = ""] = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const rest = /^\p{N}/u.test(second) ? second.slice(0, 4) : ([...second][0] ?? "");
  return `${[...first][0] ?? ""}${rest}`.toUpperCase();
}

/** A number from 0 to 359 that is the same for the same text. */
export function hueOf(text: string): number {
  let hash = 7;
  for (const one of text) hash = (hash * 31 + (one.codePointAt(0) ?? 0)) % 3593;
  return hash % 360;
}
