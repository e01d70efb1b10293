/**
 * What a shopper asks, as the address of the page says it: `?q=&category=&attr.ram.gte=8&attr.colour=red,blue`.
 * An address that says the same is spelled the same, so that it can be compared and shared. The names are those
 * of the store's interface, with `page` and `trail` besides, which the way back needs.
 */

export const PAGE_SIZE = 24;

/** Cursors that an address remembers: the pages that can be gone back to one by one. */
const MOST_TRAIL = 8;
const MOST_TEXT = 200;
const MOST_BOUND = 40;

/** The path of the search; that of one offering is below it. */
export const STORE = "/store";

/** Said by forms beside prices: in which currency they are, when nothing else says so. */
export const PRICES_IN = "prices";

export const BOUNDS = ["gt", "gte", "lt", "lte"] as const;
export type Bound = (typeof BOUNDS)[number];

/** What to sort by; "" is what fits best: relevance with words, or else the name. */
export const SORTS = ["", "name", "price", "-price", "-published"] as const;
export type Sort = (typeof SORTS)[number];

export interface Question {
  readonly q: string;
  readonly category: string;
  /** By characteristic, one of which an offering must have. */
  readonly choices: ReadonlyMap<string, readonly string[]>;
  /** By characteristic, bounds as they were typed. */
  readonly bounds: ReadonlyMap<string, Readonly<Partial<Record<Bound, string>>>>;
  readonly priceFrom: string;
  readonly priceTo: string;
  readonly currency: string;
  readonly sort: Sort;
  /** Where the page begins; "" is the first one. */
  readonly cursor: string;
  readonly page: number;
  /** The cursors of pages before this one, without that of the first page, which has none. */
  readonly trail: readonly string[];
}

export const EVERYTHING: Question = {
  q: "",
  category: "",
  choices: new Map(),
  bounds: new Map(),
  priceFrom: "",
  priceTo: "",
  currency: "",
  sort: "",
  cursor: "",
  page: 1,
  trail: [],
};

export type Pair = readonly [name: string, value: string];

const ATTRIBUTE = /^attr\.([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(gt|gte|lt|lte))?$/;
const CURSOR = /^[A-Za-z0-9_-]{1,1000}$/;

const tidy = (text: string, most: number) =>
  text
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, most)
    .trim();

/** A number as it was typed, where a comma can only be a decimal point: "9,99" is 9.99. */
const bound = (text: string) => tidy(text, MOST_BOUND).replace(/^(-?\d+),(\d{1,2})(?=\s|$)/, "$1.$2");

/** The question that parameters ask. What is not known here is left out. */
export function questionOf(pairs: Iterable<Pair>): Question {
  const single = new Map<string, string>();
  const choices = new Map<string, string[]>();
  const bounds = new Map<string, Partial<Record<Bound, string>>>();
  for (const [name, value] of pairs) {
    const [, key, how] = ATTRIBUTE.exec(name) ?? [];
    if (key === undefined) {
      if (!single.get(name)) single.set(name, value);
    } else if (how === undefined) {
      choices.set(key, [...(choices.get(key) ?? []), ...value.split(",")]);
    } else if (bound(value)) {
      bounds.set(key, { [how]: bound(value), ...bounds.get(key) });
    }
  }
  const said = (name: string) => single.get(name) ?? "";
  const q = tidy(said("q"), MOST_TEXT);
  const priceFrom = bound(said("price.gte"));
  const priceTo = bound(said("price.lte"));
  const sort = sortOf(said("sort"), q);
  const compared = Boolean(priceFrom || priceTo || sort === "price" || sort === "-price");
  const cursor = CURSOR.test(said("cursor")) ? said("cursor") : "";
  return {
    q,
    category: categoryOf(said("category")),
    choices: inOrder(choices, (values) => [
      ...new Set(
        values
          .map((one) => tidy(one, MOST_TEXT))
          .filter(Boolean)
          .sort(),
      ),
    ]),
    bounds: inOrder(bounds, (some) => some),
    priceFrom,
    priceTo,
    currency: currencyOf(said("currency")) || (compared ? currencyOf(said(PRICES_IN)) : ""),
    sort,
    cursor,
    page: cursor ? Math.max(2, Math.min(Number.parseInt(said("page"), 10) || 2, 1_000_000)) : 1,
    trail: cursor
      ? said("trail")
          .split(".")
          .filter((one) => CURSOR.test(one))
          .slice(-MOST_TRAIL)
      : [],
  };
}

function sortOf(text: string, q: string): Sort {
  const known = SORTS.find((one) => one === text) ?? "";
  return known === "name" && !q ? "" : known;
}

const currencyOf = (text: string) => (/^[A-Za-z]{3}$/.test(text.trim()) ? text.trim().toUpperCase() : "");

/** One path without empty steps: that of several would have no way up. */
const categoryOf = (text: string) =>
  (tidy(text, MOST_TEXT).split(",")[0] ?? "")
    .split("/")
    .map((one) => one.trim())
    .filter(Boolean)
    .join("/");

function inOrder<T, U>(given: Map<string, T>, made: (value: T) => U): Map<string, U> {
  const keys = [...given.keys()].sort();
  return new Map(
    keys
      .map((key) => [key, made(given.get(key) as T)] as const)
      .filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

/** The parameters of a page as Next tells them. */
export function pairsOf(told: Record<string, string | string[] | undefined>): Pair[] {
  return Object.entries(told).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => [name, one] as const),
  );
}

/** What must hold, as the interface of the store wants it: the question without where a page begins. */
function conditionsOf(question: Question): Pair[] {
  const pairs: Pair[] = [
    ["q", question.q],
    ["category", question.category],
    ...[...question.choices].map(([key, values]) => [`attr.${key}`, values.join(",")] as const),
    ...[...question.bounds].flatMap(([key, some]) =>
      BOUNDS.map((how) => [`attr.${key}.${how}`, some[how] ?? ""] as const),
    ),
    ["price.gte", question.priceFrom],
    ["price.lte", question.priceTo],
    ["currency", question.currency],
    ["sort", question.sort],
    ["cursor", question.cursor],
  ];
  return pairs.filter(([, value]) => value);
}

/** The parameters that ask a question, in one order. */
export function parametersOf(question: Question): Pair[] {
  const pairs = conditionsOf(question);
  if (question.cursor) {
    pairs.push(["page", String(question.page)]);
    if (question.trail.length) pairs.push(["trail", question.trail.join(".")]);
  }
  return pairs;
}

/** What the interface of the store is asked. */
export const askedOf = (question: Question): Record<string, string> =>
  Object.fromEntries([...conditionsOf(question), ["limit", String(PAGE_SIZE)]]);

/** The address of a question. */
export function addressOf(question: Question): string {
  const query = new URLSearchParams(parametersOf(question).map(([name, value]) => [name, value])).toString();
  return query ? `${STORE}?${query.replaceAll("%2F", "/").replaceAll("%2C", ",")}` : STORE;
}

/** Whether parameters ask a question as its address does, but for their order. */
export function isSpelled(question: Question, pairs: readonly Pair[]): boolean {
  const written = (some: readonly Pair[]) =>
    some
      .map((one) => JSON.stringify(one))
      .sort()
      .join();
  return written(pairs) === written(parametersOf(question));
}

/** The same question with something changed, from its first page on. */
export const changed = (question: Question, change: Partial<Question>): Question => ({
  ...question,
  ...change,
  cursor: "",
  page: 1,
  trail: [],
});

export function withoutChoice(question: Question, key: string, value: string): Question {
  const rest = (question.choices.get(key) ?? []).filter((one) => one !== value);
  const choices = new Map(question.choices);
  if (rest.length) choices.set(key, rest);
  else choices.delete(key);
  return changed(question, { choices });
}

export function withoutBounds(question: Question, key: string): Question {
  const bounds = new Map(question.bounds);
  bounds.delete(key);
  return changed(question, { bounds });
}

/** Without bounds of the price, and without the currency that was only there for them. */
export const withoutPrice = (question: Question): Question =>
  changed(question, {
    priceFrom: "",
    priceTo: "",
    currency: question.sort === "price" || question.sort === "-price" ? question.currency : "",
  });

/** What asks for as little as possible and yet for the same words. */
export const onlyWords = (question: Question): Question => ({ ...EVERYTHING, q: question.q });

/** The question without what is said under the name of a parameter. */
export function withoutParameter(question: Question, name: string): Question {
  const [, key, how] = ATTRIBUTE.exec(name) ?? [];
  if (key !== undefined && how !== undefined) return withoutBounds(question, key);
  const rest = parametersOf(changed(question, {})).filter(([one]) => one !== name);
  const without = questionOf(rest);
  const unsorted = name === "currency" ? { priceFrom: "", priceTo: "", sort: "" as const } : {};
  return changed(without, unsorted);
}

/** The page behind this one, and the way back from it. */
export const followedBy = (question: Question, next: string): Question => ({
  ...question,
  cursor: next,
  page: question.page + 1,
  trail: question.cursor ? [...question.trail, question.cursor].slice(-MOST_TRAIL) : [],
});

/** The page before this one; null on the first one, and where the address remembers it no longer. */
export function precededBy(question: Question): Question | null {
  if (!question.cursor) return null;
  const last = question.trail.at(-1);
  if (last) return { ...question, cursor: last, page: question.page - 1, trail: question.trail.slice(0, -1) };
  return question.page === 2 ? changed(question, {}) : null;
}

/** Whether more is asked than which category: such pages are many, and none for search engines. */
export const isNarrowed = (question: Question): boolean =>
  addressOf(question) !== addressOf({ ...EVERYTHING, category: question.category });
