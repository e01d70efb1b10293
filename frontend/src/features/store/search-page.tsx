import { type Problem, problemOf } from "@/lib/api/problem";
import { Cards } from "./card";
import { type Chip, chipsOf } from "./chips";
import { FilterPanel } from "./filter-panel";
import { filtersOf } from "./filters";
import { Replaced } from "./pending";
import { addressOf, changed, EVERYTHING, type Question, withoutParameter } from "./question";
import { countOf, type Found, isAway, isRefused, searchStore } from "./read";
import { Chips, Crumbs, NothingFound, Paging, SortForm, Total } from "./results";
import { parameterOf, Refused, StoreAway } from "./trouble";
import { categorySteps, categoryText, stepText } from "./words";

/** Things that are left out one by one to see what would be found then, which costs a search each. */
const MOST_HINTS = 6;
const NOTHING: Found = { items: [], total: null, facets: [], next: null };

/** The page of a search. */
export async function SearchPage({ question }: { question: Question }) {
  try {
    const first = question.cursor ? searchStore(changed(question, {})) : null;
    const [found, sample] = await Promise.all([searchStore(question), first]);
    return <Answered question={question} found={found} sample={sample ?? found} />;
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (isRefused(problem.status)) return <NotUnderstood question={question} problem={problem} />;
    if (isAway(problem)) return <StoreAway address={addressOf(question)} />;
    throw problem;
  }
}

/** `sample` is the first page, of which the filters are: they stay the same from page to page. */
async function Answered({ question, found, sample }: { question: Question; found: Found; sample: Found }) {
  const filters = filtersOf(question, sample);
  const chips = chipsOf(question, filters);
  const empty = found.items.length === 0;
  const hints = empty ? await hintsOf(chips) : [];
  return (
    <>
      <Heading question={question} />
      <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-[15rem_minmax(0,1fr)] lg:items-start">
        <FilterPanel question={question} filters={filters} active={chips.length} />
        <section aria-label="Results" className="min-w-0 space-y-3">
          <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <Total question={question} total={sample.total} shown={found.items.length} />
            <SortForm question={question} filters={filters} />
          </div>
          <Chips chips={chips} />
          <Replaced>
            {empty ? (
              <NothingFound question={question} hints={hints} />
            ) : (
              <Cards entries={found.items} currency={question.currency} />
            )}
            <Paging question={question} next={found.next} />
          </Replaced>
        </section>
      </div>
    </>
  );
}

async function hintsOf(chips: readonly Chip[]): Promise<{ chip: Chip; count: number }[]> {
  return Promise.all(
    chips.slice(0, MOST_HINTS).map(async (chip) => ({
      chip,
      count: await countOf(chip.without).catch(() => 0), // a hint is not worth an error
    })),
  );
}

/** What is wrong, beside the filters of what is right. */
async function NotUnderstood({ question, problem }: { question: Question; problem: Problem }) {
  const sound = problem.errors.map(parameterOf).reduce(withoutParameter, question);
  const found = await searchStore(problem.errors.length ? sound : EVERYTHING).catch(() => NOTHING);
  const filters = filtersOf(question, found);
  return (
    <>
      <Heading question={question} />
      <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-[15rem_minmax(0,1fr)] lg:items-start">
        <FilterPanel question={question} filters={filters} problems={problem.errors} active={0} />
        <section aria-label="Results" className="min-w-0">
          <Refused question={question} problems={problem.errors} detail={problem.message} />
          <Chips chips={chipsOf(question, filters)} />
        </section>
      </div>
    </>
  );
}

function Heading({ question }: { question: Question }) {
  const steps = categorySteps(question.category);
  const crumbs = ["", ...steps].map((step, index) => ({
    label: step ? stepText(step) : "Store",
    href: addressOf({ ...EVERYTHING, category: steps.slice(0, index).join("/") }),
  }));
  return (
    <>
      {steps.length > 0 && <Crumbs steps={crumbs} />}
      <h1 tabIndex={-1}>{titleOf(question)}</h1>
    </>
  );
}

/** What a search is called. */
export function titleOf({ q, category }: Question): string {
  const place = categoryText(category).split(" / ").at(-1) || "Store";
  return q ? `“${q}” in ${place === "Store" ? "the store" : place}` : place;
}
