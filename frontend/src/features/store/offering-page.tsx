import type { ReactNode } from "react";
import { formatDateTime, formatValidity } from "@/lib/dates";
import { Cards } from "./card";
import { amountText, type Entry, type EntryPrice, fromPriceOf, kindText, saidOf, tiersOf } from "./entry";
import { productOf, scriptText } from "./json-ld";
import { Picture } from "./picture";
import { addressOf, EVERYTHING, STORE } from "./question";
import { othersThan } from "./read";
import { Crumbs } from "./results";
import { categorySteps, categoryText, stepText } from "./words";

/** The server renders for everybody, so moments are told in one zone. */
const ZONE = "UTC";

/** The page of one offering. */
export async function OfferingPage({ entry, url }: { entry: Entry; url: string }) {
  const now = new Date();
  const others = await othersThan(entry.key, { category: entry.category });
  const from = fromPriceOf(entry, "", now);
  const { validFor } = entry;
  return (
    <>
      <script
        type="application/ld+json"
        // biome-ignore lint/security/noDangerouslySetInnerHtml: JSON in which nothing ends the element
        dangerouslySetInnerHTML={{ __html: scriptText(productOf(entry, url, now)) }}
      />
      <CategoryCrumbs category={entry.category} here={entry.name} />
      <article className="mt-3 grid grid-cols-1 gap-x-6 gap-y-5 lg:grid-cols-[20rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
        <Picture entry={entry} className="aspect-[5/3] rounded-lg border border-line" />
        <div className="min-w-0 space-y-6 lg:row-span-2">
          <header className="space-y-1.5">
            <h1 tabIndex={-1} className="text-2xl">
              {entry.name}
            </h1>
            <p className="text-ink-soft">{entry.specification.name}</p>
            {from && (
              <p className="tabular pt-1">
                {from.least && <span className="text-ink-soft">from </span>}
                <span className="text-2xl font-semibold">{from.text}</span>
                {from.per && <span className="text-ink-soft"> per {from.per}</span>}
              </p>
            )}
          </header>
          {entry.description && (
            <p className="max-w-prose leading-relaxed whitespace-pre-line">{entry.description}</p>
          )}
          <Specification entry={entry} />
          <Prices prices={entry.prices} />
        </div>
        <dl className="grid grid-cols-1 content-start gap-1 text-xs text-ink-soft">
          <Fact name="Published">
            <time dateTime={entry.publishedAt}>{formatDateTime(entry.publishedAt, ZONE)}</time>
          </Fact>
          {(validFor.from || validFor.to) && <Fact name="For sale">{formatValidity(validFor, ZONE)}</Fact>}
          <Fact name="Article">
            <span className="font-mono">{entry.key}</span>
          </Fact>
        </dl>
      </article>
      {others.length > 0 && (
        <Others title={`More in ${categoryText(entry.category) || "the store"}`} entries={others} />
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt className="w-18 shrink-0">{name}</dt>
      <dd className="min-w-0 text-ink">{children}</dd>
    </div>
  );
}

function Specification({ entry }: { entry: Entry }) {
  const said = saidOf(entry.attributes);
  if (!said.length) return null;
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full text-left">
        <caption className="border-b border-line px-3 py-2 text-left text-base font-semibold">
          Specification
        </caption>
        <tbody>
          {said.map(({ key, label, text }) => (
            <tr key={key} className="border-t border-line first:border-t-0 odd:bg-sunken/50">
              <th scope="row" className="w-2/5 px-3 py-1.5 align-top font-normal text-ink-soft wrap-anywhere">
                {label}
              </th>
              <td className="px-3 py-1.5 wrap-anywhere">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Prices({ prices }: { prices: readonly EntryPrice[] }) {
  return (
    <section
      aria-label="Prices"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
      tabIndex={0}
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full text-left">
        <caption className="border-b border-line px-3 py-2 text-left text-base font-semibold">Prices</caption>
        <thead className="text-xs text-ink-soft max-sm:sr-only">
          <tr>
            {["Price", "Kind", "Amount", "Valid", "Tax"].map((one) => (
              <th key={one} scope="col" className="px-3 py-1.5 font-medium">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {prices.map((one) => (
            <PriceRow key={one.id} price={one} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const CELL = "px-3 py-1.5 align-top max-sm:block max-sm:py-0.5";

function PriceRow({ price }: { price: EntryPrice }) {
  const tiers = tiersOf(price);
  return (
    <tr className="border-t border-line max-sm:block max-sm:py-1.5">
      <th scope="row" className={`${CELL} font-medium wrap-anywhere`}>
        {price.name}
      </th>
      <td className={`${CELL} whitespace-nowrap text-ink-soft`}>{kindText(price.kind)}</td>
      <td className={CELL}>
        {tiers ? (
          <>
            <ul>
              {tiers.lines.map(({ range, amount }) => (
                <li key={range} className="flex justify-between gap-4 sm:max-w-72">
                  <span className="text-ink-soft">{range}</span>
                  <span className="whitespace-nowrap">{amount}</span>
                </li>
              ))}
            </ul>
            <p className="text-xs text-ink-soft">{tiers.note}</p>
          </>
        ) : (
          <span className="whitespace-nowrap">{amountText(price)}</span>
        )}
      </td>
      <td className={`${CELL} text-ink-soft`}>
        <span className="sm:hidden">Valid: </span>
        {formatValidity(price.validFor, ZONE)}
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-soft`}>
        {price.taxIncluded ? "included" : "not included"}
        <span className="sm:hidden"> (tax)</span>
      </td>
    </tr>
  );
}

function CategoryCrumbs({ category, here }: { category: string; here: string }) {
  const steps = categorySteps(category);
  const crumbs = steps.map((step, index) => ({
    label: stepText(step),
    href: addressOf({ ...EVERYTHING, category: steps.slice(0, index + 1).join("/") }),
  }));
  return <Crumbs steps={[{ label: "Store", href: STORE }, ...crumbs]} here={here} />;
}

export function Others({ title, entries }: { title: string; entries: readonly Entry[] }) {
  return (
    <section className="mt-8 space-y-3">
      <h2>{title}</h2>
      <Cards entries={entries} />
    </section>
  );
}
