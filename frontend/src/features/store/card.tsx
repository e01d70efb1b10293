import { type Entry, fromPriceOf, saidOf } from "./entry";
import { StoreLink } from "./pending";
import { Picture } from "./picture";
import { STORE } from "./question";
import { categoryText } from "./words";

const MOST_SAID = 4;

/** An offering in the grid. What is out of sight is not laid out: on a phone that is nearly all of them. */
export function Card({ entry, currency, now }: { entry: Entry; currency: string; now: Date }) {
  const price = fromPriceOf(entry, currency, now);
  return (
    <li className="relative flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface [contain-intrinsic-size:auto_19rem] [content-visibility:auto] hover:border-line-strong">
      <Picture entry={entry} className="aspect-[5/2]" />
      <div className="flex flex-1 flex-col gap-2 p-3">
        <div className="min-w-0">
          <h2 className="text-sm leading-snug">
            <StoreLink
              href={`${STORE}/${encodeURIComponent(entry.key)}`}
              className="after:absolute after:inset-0"
            >
              {entry.name}
            </StoreLink>
          </h2>
          <p className="truncate text-xs text-ink-soft">{categoryText(entry.category)}</p>
        </div>
        <dl className="grid grid-cols-1 gap-0.5 text-xs">
          {saidOf(entry.attributes)
            .slice(0, MOST_SAID)
            .map(({ key, label, text }) => (
              <div key={key} className="flex justify-between gap-3">
                <dt className="truncate text-ink-soft">{label}</dt>
                <dd className="tabular max-w-[60%] truncate text-right">{text}</dd>
              </div>
            ))}
        </dl>
        {price && (
          <p className="tabular mt-auto border-t border-line pt-2">
            {price.least && <span className="text-xs text-ink-soft">from </span>}
            <span className="text-base font-semibold">{price.text}</span>
            {price.per && <span className="text-xs text-ink-soft"> / {price.per}</span>}
          </p>
        )}
      </div>
    </li>
  );
}

/** Offerings side by side, as many as there is room for. */
export function Cards({ entries, currency = "" }: { entries: readonly Entry[]; currency?: string }) {
  const now = new Date();
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,13.5rem),1fr))] gap-3">
      {entries.map((entry) => (
        <Card key={entry.id} entry={entry} currency={currency} now={now} />
      ))}
    </ul>
  );
}
