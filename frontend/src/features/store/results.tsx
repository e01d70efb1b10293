import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { buttonLook } from "@/components/ui/button-look";
import { Empty } from "@/components/ui/empty";
import { ChevronLeft, ChevronRight, SearchX, X } from "@/components/ui/glyphs";
import { NativeSelect } from "@/components/ui/input";
import type { Chip } from "./chips";
import type { Filters } from "./filters";
import { StoreLink } from "./pending";
import {
  addressOf,
  changed,
  EVERYTHING,
  followedBy,
  onlyWords,
  PAGE_SIZE,
  PRICES_IN,
  parametersOf,
  precededBy,
  type Question,
  type Sort,
  STORE,
} from "./question";
import { QuestionForm } from "./question-form";
import { counted } from "./words";

/** The way down to a category. */
export function Crumbs({ steps, here }: { steps: { label: string; href: string }[]; here?: string }) {
  return (
    <nav aria-label="Breadcrumb" className="text-xs text-ink-soft">
      <ol className="flex flex-wrap items-center gap-x-1">
        {steps.map(({ label, href }, index) => (
          <li key={href} className="flex min-w-0 items-center gap-1">
            {index > 0 && <ChevronRight aria-hidden className="size-3 shrink-0" />}
            <StoreLink
              href={href}
              aria-current={!here && index === steps.length - 1 ? "page" : undefined}
              className="inline-flex min-h-6 items-center rounded-sm hover:text-ink hover:underline aria-[current=page]:text-ink"
            >
              {label}
            </StoreLink>
          </li>
        ))}
        {here && (
          <li className="flex min-w-0 items-center gap-1">
            <ChevronRight aria-hidden className="size-3 shrink-0" />
            <span aria-current="page" className="truncate text-ink">
              {here}
            </span>
          </li>
        )}
      </ol>
    </nav>
  );
}

/** What is asked, each with a way to ask without it. */
export function Chips({ chips }: { chips: readonly Chip[] }) {
  if (!chips.length) return null;
  return (
    <ul aria-label="In use" className="flex flex-wrap gap-1.5">
      {chips.map(({ id, text, without }) => (
        <li key={id} className="min-w-0">
          <StoreLink
            href={addressOf(without)}
            scroll={false}
            className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-full border border-line bg-accent-soft py-0.5 pr-2 pl-2.5 text-xs text-accent hover:border-accent"
          >
            <span className="sr-only">Remove </span>
            <span className="truncate">{text}</span>
            <X aria-hidden className="size-3.5 shrink-0" />
          </StoreLink>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <StoreLink
            href={STORE}
            scroll={false}
            className="inline-flex min-h-7 items-center rounded-full px-2 text-xs text-ink-soft underline underline-offset-2 hover:text-ink"
          >
            Clear all
          </StoreLink>
        </li>
      )}
    </ul>
  );
}

const SORT_TEXTS: [Sort, string][] = [
  ["price", "Price: low to high"],
  ["-price", "Price: high to low"],
  ["-published", "Newest"],
];

/** The order of what was found. */
export function SortForm({ question, filters }: { question: Question; filters: Filters }) {
  const options: [Sort, string][] = question.q
    ? [["", "Best match"], ["name", "Name"], ...SORT_TEXTS]
    : [["", "Name"], ...SORT_TEXTS];
  const [currency] = question.currency ? [question.currency] : filters.currencies;
  // A currency that is there for the order alone goes with it.
  const implied = filters.currencies.length < 2 && !question.priceFrom && !question.priceTo;
  const kept = parametersOf(changed(question, { sort: "" })).filter(
    ([name]) => !(implied && name === "currency"),
  );
  return (
    <QuestionForm
      aria-label="Order"
      address={addressOf(question)}
      kept={currency ? [...kept, [PRICES_IN, currency]] : kept}
      eager
      className="flex items-center gap-2"
    >
      <label htmlFor="store-sort" className="text-xs whitespace-nowrap text-ink-soft">
        Sort by
      </label>
      <NativeSelect
        key={question.sort}
        id="store-sort"
        name="sort"
        defaultValue={question.sort}
        className="w-auto"
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </NativeSelect>
      <span className="hidden noscript:inline">
        <Button type="submit">Sort</Button>
      </span>
    </QuestionForm>
  );
}

/** How many were found, and which of them these are. */
export function Total({
  question,
  total,
  shown,
}: {
  question: Question;
  total: number | null;
  shown: number;
}) {
  const before = (question.page - 1) * PAGE_SIZE;
  const part = total !== null && total > shown && shown > 0;
  return (
    <p role="status" className="tabular text-ink-soft">
      {total === null ? "" : counted(total)}
      {part && before + shown <= total && `, ${before + 1} to ${before + shown} shown`}
    </p>
  );
}

/** The way to the page behind this one, and back. */
export function Paging({ question, next }: { question: Question; next: string | null }) {
  const before = precededBy(question);
  if (!next && !question.cursor) return null;
  return (
    <nav aria-label="Pages" className="mt-5 flex flex-wrap items-center justify-center gap-2">
      {question.page > 2 || (question.cursor && !before) ? (
        <StoreLink href={addressOf(changed(question, {}))} className={buttonLook()}>
          First page
        </StoreLink>
      ) : null}
      {before && (
        <StoreLink href={addressOf(before)} rel="prev" className={buttonLook()}>
          <ChevronLeft aria-hidden />
          Back
        </StoreLink>
      )}
      <span className="tabular px-2 text-ink-soft">Page {question.page}</span>
      {next && (
        <StoreLink href={addressOf(followedBy(question, next))} rel="next" className={buttonLook()}>
          Next
          <ChevronRight aria-hidden />
        </StoreLink>
      )}
    </nav>
  );
}

/** Nothing was found: what to leave out, and what that would find. */
export function NothingFound({
  question,
  hints,
}: {
  question: Question;
  hints: readonly { chip: Chip; count: number }[];
}) {
  const useful = hints.filter(({ count }) => count > 0);
  const actions: ReactNode[] = useful.map(({ chip, count }) => (
    <StoreLink
      key={chip.id}
      href={addressOf(chip.without)}
      className={buttonLook(undefined, "sm", "h-auto! min-h-7 max-w-full whitespace-normal!")}
    >
      Without {chip.text}: {counted(count)}
    </StoreLink>
  ));
  if (question.q && hints.length > 1) {
    actions.push(
      <StoreLink key="words" href={addressOf(onlyWords(question))} className={buttonLook(undefined, "sm")}>
        Search everything for “{question.q}”
      </StoreLink>,
    );
  }
  actions.push(
    <StoreLink key="all" href={addressOf(EVERYTHING)} className={buttonLook(undefined, "sm")}>
      Show everything
    </StoreLink>,
  );
  return (
    <Empty
      icon={SearchX}
      title={hints.length ? "Nothing matches all of this" : "Nothing is for sale yet"}
      action={hints.length ? actions : null}
    >
      {!hints.length
        ? "What is published appears here within seconds."
        : useful.length
          ? "Leave one of these out to find more."
          : "Leaving out one alone finds nothing, either."}
    </Empty>
  );
}
