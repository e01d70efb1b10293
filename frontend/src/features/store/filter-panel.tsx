import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Input, NativeSelect } from "@/components/ui/input";
import type { FieldProblem } from "@/lib/api/problem";
import { cn } from "@/lib/cn";
import type { ChoiceFilter, Filters, RangeFilter } from "./filters";
import { StoreLink } from "./pending";
import { addressOf, changed, PRICES_IN, parametersOf, type Question, withoutPrice } from "./question";
import { QuestionForm } from "./question-form";
import { unitText } from "./words";

/** Filters that are open from the start; the others are opened by who wants them, or when they are in use. */
const OPEN_CHOICES = 4;
const OPEN_RANGES = 3;

/**
 * What the search can be narrowed by. On a narrow screen it is folded away, and not displayed then: browsers that offer
 * to fill in forms look at each field as soon as a page has come, and what is merely hidden is laid out for that. In
 * return, who searches in the page does not find what is folded.
 */
export function FilterPanel({
  question,
  filters,
  problems = [],
  active,
}: {
  question: Question;
  filters: Filters;
  problems?: readonly FieldProblem[];
  active: number;
}) {
  const faultOf = (name: string) => problems.find((one) => one.pointer === `/query/${name}`)?.message;
  const ofForm = new Set(["price.gte", "price.lte"]);
  if (filters.currencies.length > 1) ofForm.add("currency");
  for (const { key } of filters.choices) ofForm.add(`attr.${key}`);
  for (const { key } of filters.ranges) ofForm.add(`attr.${key}.gte`).add(`attr.${key}.lte`);
  const priced = Boolean(question.priceFrom || question.priceTo);
  const unpriced = priced ? withoutPrice(question) : changed(question, {});
  const kept = parametersOf(unpriced).filter(([name]) => !ofForm.has(name));
  return (
    <details className="min-w-0 rounded-lg border border-line bg-surface lg:details-content:[content-visibility:visible] max-lg:not-open:details-content:hidden">
      <summary className="cursor-pointer rounded-lg px-3 py-2.5 font-medium lg:supports-[selector(::details-content)]:hidden">
        Filters{active > 0 && ` (${active} in use)`}
      </summary>
      <h2 className="sr-only">Filters</h2>
      {filters.categories.length > 0 && <Categories question={question} filters={filters} />}
      <QuestionForm aria-label="Filters" address={addressOf(question)} kept={kept} eager>
        <Price question={question} filters={filters} faultOf={faultOf} />
        {filters.choices.map((one, index) => (
          <Choice key={one.key} filter={one} open={index < OPEN_CHOICES} />
        ))}
        {filters.ranges.map((one, index) => (
          <Range key={one.key} filter={one} open={index < OPEN_RANGES} faultOf={faultOf} />
        ))}
        <div className="hidden border-t border-line p-3 noscript:block">
          <Button type="submit" look="primary" className="w-full justify-center">
            Apply
          </Button>
        </div>
      </QuestionForm>
    </details>
  );
}

function Group({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  return (
    <details open={open} className="border-t border-line px-3 lg:first:border-t-0">
      <summary className="cursor-pointer py-2 text-xs font-semibold">{title}</summary>
      <div className="pb-3">{children}</div>
    </details>
  );
}

function Categories({ question, filters }: { question: Question; filters: Filters }) {
  return (
    <nav aria-label="Categories" className="border-t border-line p-3 lg:border-t-0">
      <ul className="grid grid-cols-1 gap-px">
        <li>
          <CategoryLink question={question} path="" chosen={!question.category} depth={0}>
            All categories
          </CategoryLink>
        </li>
        {filters.categories.map(({ path, label, depth, count, chosen }) => (
          <li key={path}>
            <CategoryLink question={question} path={path} chosen={chosen} depth={depth} count={count}>
              {label}
            </CategoryLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function CategoryLink({
  question,
  path,
  chosen,
  depth,
  count,
  children,
}: {
  question: Question;
  path: string;
  chosen: boolean;
  depth: number;
  count?: number;
  children: ReactNode;
}) {
  return (
    <StoreLink
      href={addressOf(changed(question, { category: path }))}
      aria-current={chosen ? "page" : undefined}
      style={{ paddingInlineStart: `${0.5 + depth * 0.75}rem` }}
      className={cn(
        "flex min-h-7 items-center justify-between gap-2 rounded-md pr-2 hover:bg-sunken",
        "aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent",
      )}
    >
      <span className="min-w-0 truncate">{children}</span>
      {count !== undefined && <Count of={count} />}
    </StoreLink>
  );
}

function Count({ of }: { of: number }) {
  return (
    <span className="tabular text-xs text-ink-soft">
      <span className="sr-only">, </span>
      {of}
      <span className="sr-only"> found</span>
    </span>
  );
}

function Choice({ filter, open }: { filter: ChoiceFilter; open: boolean }) {
  const inUse = filter.values.some((one) => one.chosen);
  return (
    <Group title={filter.label} open={open || inUse}>
      <fieldset className="min-w-0">
        <legend className="sr-only">{filter.label}</legend>
        {filter.values.map(({ value, label, count, chosen }) => (
          <label key={value} className="flex min-h-7 cursor-pointer items-center gap-2">
            <input
              type="checkbox"
              name={`attr.${filter.key}`}
              value={value}
              defaultChecked={chosen}
              className="size-4 accent-accent"
            />
            <span className="min-w-0 flex-1 truncate">{label}</span>
            <Count of={count} />
          </label>
        ))}
      </fieldset>
    </Group>
  );
}

const idOf = (name: string) => `filter-${name.replaceAll(".", "-")}`;

type FaultOf = (name: string) => string | undefined;

function Range({ filter, open, faultOf }: { filter: RangeFilter; open: boolean; faultOf: FaultOf }) {
  const { key, label, unit, isDate, bounds } = filter;
  const name = `attr.${key}`;
  const inUse = Object.keys(bounds).length > 0;
  return (
    <Group title={unit ? `${label} (${unitText(unit)})` : label} open={open || inUse}>
      <Ends
        legend={unit ? `${label} in ${unitText(unit)}` : label}
        names={[`${name}.gte`, `${name}.lte`]}
        values={[bounds.gte ?? "", bounds.lte ?? ""]}
        isDate={isDate}
        faultOf={faultOf}
      />
    </Group>
  );
}

function Ends({
  legend,
  names,
  values,
  isDate = false,
  faultOf,
}: {
  legend: string;
  names: readonly [string, string];
  values: readonly [string, string];
  isDate?: boolean;
  faultOf: FaultOf;
}) {
  const fault = faultOf(names[0]) ?? faultOf(names[1]);
  const id = `${idOf(names[0])}-fault`;
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{legend}</legend>
      <div className={cn("grid gap-2", isDate ? "grid-cols-1" : "grid-cols-2")}>
        {(["from", "to"] as const).map((end, index) => {
          const name = names[index as 0 | 1];
          return (
            <div key={end} className="flex min-w-0 items-center gap-1.5 text-xs text-ink-soft">
              <label htmlFor={idOf(name)} className={cn("shrink-0", isDate && "w-8")}>
                {end}
              </label>
              <Input
                id={idOf(name)}
                name={name}
                type={isDate ? "date" : "text"}
                inputMode={isDate ? undefined : "decimal"}
                defaultValue={values[index as 0 | 1]}
                maxLength={40}
                autoComplete="off"
                aria-invalid={faultOf(name) ? true : undefined}
                aria-describedby={fault ? id : undefined}
                className="tabular text-sm"
              />
            </div>
          );
        })}
      </div>
      {fault && (
        <p id={id} className="mt-1 text-xs text-bad">
          {isDate ? "A date such as 2026-01-31." : "A number such as 8 or 12.5."}
        </p>
      )}
    </fieldset>
  );
}

function Price({ question, filters, faultOf }: { question: Question; filters: Filters; faultOf: FaultOf }) {
  const { currencies } = filters;
  const [first] = currencies;
  if (first === undefined) return null;
  const several = currencies.length > 1;
  return (
    <Group title={several ? "Price" : `Price (${first})`} open>
      <input type="hidden" name={PRICES_IN} value={question.currency || first} />
      <Ends
        legend={several ? "Price" : `Price in ${first}`}
        names={["price.gte", "price.lte"]}
        values={[question.priceFrom, question.priceTo]}
        faultOf={faultOf}
      />
      {several && (
        <div className="mt-2 flex items-center gap-1.5 text-xs text-ink-soft">
          <label htmlFor="filter-currency">Currency</label>
          <NativeSelect
            key={question.currency}
            id="filter-currency"
            name="currency"
            defaultValue={question.currency}
            className="text-sm"
          >
            <option value="">Any</option>
            {currencies.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </NativeSelect>
        </div>
      )}
    </Group>
  );
}
