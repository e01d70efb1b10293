import { formatDate } from "@/lib/dates";
import { isDecimal } from "@/lib/decimals";
import { formatDecimal, formatMoney } from "@/lib/money";
import type { Filters } from "./filters";
import {
  BOUNDS,
  type Bound,
  changed,
  type Question,
  withoutBounds,
  withoutChoice,
  withoutPrice,
} from "./question";
import { categoryText, unitText } from "./words";

/** One thing that is asked, and the question without it. */
export interface Chip {
  id: string;
  text: string;
  without: Question;
}

const BOUND_TEXTS: Record<Bound, string> = { gt: "more than", gte: "from", lt: "less than", lte: "to" };

/** All that a question asks, in the order of the page. */
export function chipsOf(question: Question, filters: Filters): Chip[] {
  const chips: Chip[] = [];
  if (question.q) chips.push({ id: "q", text: `“${question.q}”`, without: changed(question, { q: "" }) });
  if (question.category) {
    chips.push({
      id: "category",
      text: categoryText(question.category),
      without: changed(question, { category: "" }),
    });
  }
  const price = priceText(question);
  if (price) chips.push({ id: "price", text: price, without: withoutPrice(question) });
  else if (question.currency && !question.sort.endsWith("price")) {
    chips.push({
      id: "currency",
      text: `Sold in ${question.currency}`,
      without: changed(question, { currency: "" }),
    });
  }
  for (const [key, values] of question.choices) {
    const filter = filters.choices.find((one) => one.key === key);
    for (const value of values) {
      const label = filter?.values.find((one) => one.value === value)?.label ?? value;
      chips.push({
        id: `attr.${key}=${value}`,
        text: `${filter?.label ?? key}: ${label}`,
        without: withoutChoice(question, key, value),
      });
    }
  }
  for (const [key, bounds] of question.bounds) {
    const range = filters.ranges.find((one) => one.key === key);
    const said = BOUNDS.flatMap((how) => {
      const text = bounds[how];
      return text === undefined ? [] : [`${BOUND_TEXTS[how]} ${boundText(text, range?.unit ?? "")}`];
    });
    chips.push({
      id: `attr.${key}`,
      text: `${range?.label ?? key}: ${said.join(" ")}`,
      without: withoutBounds(question, key),
    });
  }
  return chips;
}

function boundText(text: string, unit: string): string {
  if (!isDecimal(text)) return /^\d{4}-\d{2}-\d{2}$/.test(text) ? formatDate(text) : text;
  return unit ? `${formatDecimal(text)} ${unitText(unit, text)}` : formatDecimal(text);
}

function priceText({ priceFrom, priceTo, currency }: Question): string {
  const money = (amount: string) => formatMoney(amount, currency).trim();
  const said = [priceFrom && `from ${money(priceFrom)}`, priceTo && `to ${money(priceTo)}`].filter(Boolean);
  return said.length ? `Price: ${said.join(" ")}` : "";
}
