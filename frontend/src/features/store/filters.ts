import type { components } from "@/lib/api/schema";
import type { Bound, Question } from "./question";
import { categorySteps, stepText } from "./words";

type Found = components["schemas"]["StoreFoundView"];

export interface ChoiceValue {
  value: string;
  label: string;
  count: number;
  chosen: boolean;
}

export interface ChoiceFilter {
  key: string;
  label: string;
  values: ChoiceValue[];
}

export interface RangeFilter {
  key: string;
  label: string;
  unit: string;
  isDate: boolean;
  /** What is asked; the inputs show `gte` and `lte`. */
  bounds: Readonly<Partial<Record<Bound, string>>>;
}

export interface CategoryLine {
  path: string;
  label: string;
  depth: number;
  count: number;
  chosen: boolean;
}

export interface Filters {
  categories: CategoryLine[];
  choices: ChoiceFilter[];
  ranges: RangeFilter[];
  /** In which something that was found is sold. */
  currencies: string[];
}

const FACET = "attr.";
const MEASURED = new Set(["integer", "decimal", "date"]);

/** What a characteristic, or a value, is called when nothing that was found says it. */
const nameOf = (key: string) => stepText(key);

/** What can be chosen from, by what was found: what is chosen is always among it, or it could not be undone. */
export function filtersOf(question: Question, found: Found): Filters {
  return {
    categories: categoriesOf(question, found.facets ?? []),
    choices: choicesOf(question, found.facets ?? []),
    ranges: rangesOf(question, found.items),
    currencies: currenciesOf(question, found.items),
  };
}

function choicesOf(question: Question, facets: NonNullable<Found["facets"]>): ChoiceFilter[] {
  const told = facets.filter((one) => one.key.startsWith(FACET));
  const filters = told.map((facet) => {
    const key = facet.key.slice(FACET.length);
    return choiceFilter(key, facet.label, facet.values, question.choices.get(key) ?? []);
  });
  const missing = [...question.choices]
    .filter(([key]) => !told.some((one) => one.key === FACET + key))
    .map(([key, chosen]) => choiceFilter(key, nameOf(key), [], chosen));
  return [...missing, ...filters].filter(
    ({ values }) => values.length > 1 || values.some((one) => one.chosen),
  );
}

function choiceFilter(
  key: string,
  label: string,
  told: { value: string; label: string; count: number }[],
  chosen: readonly string[],
): ChoiceFilter {
  const ownWords = told.some((one) => one.label !== one.value);
  const values = [
    ...told,
    ...chosen
      .filter((value) => !told.some((one) => one.value === value))
      .map((value) => ({ value, label: ownWords ? nameOf(value) : value, count: 0 })),
  ].map((one) => ({
    ...one,
    label: ownWords ? one.label : truthText(one.label),
    chosen: chosen.includes(one.value),
  }));
  const truths = values.every((one) => one.value === "true" || one.value === "false");
  if (truths) values.sort((one, other) => other.value.localeCompare(one.value)); // yes before no
  return { key, label, values };
}

const truthText = (label: string) => (label === "true" ? "Yes" : label === "false" ? "No" : label);

function rangesOf(question: Question, items: Found["items"]): RangeFilter[] {
  const seen = new Map<string, { label: string; unit: string; type: string; entries: Set<string> }>();
  const different = new Map<string, Set<string>>();
  for (const { id, attributes } of items) {
    for (const { key, label, unit, type, text } of attributes.filter((one) => MEASURED.has(one.type))) {
      const one = seen.get(key) ?? { label, unit: unit ?? "", type, entries: new Set<string>() };
      seen.set(key, { ...one, entries: one.entries.add(id) });
      different.set(key, (different.get(key) ?? new Set<string>()).add(text));
    }
  }
  const asked = [...question.bounds.keys()];
  const useful = [...seen.keys()]
    .filter((key) => !asked.includes(key) && (different.get(key)?.size ?? 0) > 1)
    .sort((one, other) => (seen.get(other)?.entries.size ?? 0) - (seen.get(one)?.entries.size ?? 0));
  return [...asked, ...useful].map((key) => {
    const one = seen.get(key);
    return {
      key,
      label: one?.label ?? nameOf(key),
      unit: one?.unit ?? "",
      isDate: one?.type === "date",
      bounds: question.bounds.get(key) ?? {},
    };
  });
}

/** The top, the way down to what is chosen, and what is right below it. */
function categoriesOf(question: Question, facets: NonNullable<Found["facets"]>): CategoryLine[] {
  const told = facets.find((one) => one.key === "category")?.values ?? [];
  const counts = new Map(told.map((one) => [one.value, one.count]));
  const way = categorySteps(question.category);
  const open = new Set(["", ...way.map((_, index) => way.slice(0, index + 1).join("/"))]);
  for (const path of open) if (path && !counts.has(path)) counts.set(path, 0);
  const above = (path: string) => path.split("/").slice(0, -1).join("/");
  return [...counts.keys()]
    .filter((path) => open.has(above(path)))
    .sort((one, other) => (one < other ? -1 : 1))
    .map((path) => ({
      path,
      label: stepText(categorySteps(path).at(-1) ?? path),
      depth: categorySteps(path).length - 1,
      count: counts.get(path) ?? 0,
      chosen: path === question.category,
    }));
}

function currenciesOf(question: Question, items: Found["items"]): string[] {
  const known = new Set(items.flatMap((one) => Object.keys(one.fromAmounts)));
  if (question.currency) known.add(question.currency);
  return [...known].sort();
}
