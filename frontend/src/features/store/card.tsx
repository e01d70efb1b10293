"use client";

import type { CardFacts } from "./entry";
import { StoreLink } from "./pending";
import { Picture } from "./picture";
import { STORE } from "./question";

/** An offering in the grid. What is out of sight is not laid out: on a phone that is nearly all of them. */
function Card({ of: { key, name, category, said, price, picture } }: { of: CardFacts }) {
  return (
    <li className="relative flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface [contain-intrinsic-size:auto_19rem] [content-visibility:auto] hover:border-line-strong">
      <Picture of={picture} className="aspect-[5/2]" />
      <div className="flex flex-1 flex-col gap-2 p-3">
        <div className="min-w-0">
          <h2 className="text-sm leading-snug wrap-anywhere">
            <StoreLink href={`${STORE}/${encodeURIComponent(key)}`} className="after:absolute after:inset-0">
              {name}
            </StoreLink>
          </h2>
          <p className="truncate text-xs text-ink-soft">{category}</p>
        </div>
        <dl className="grid gap-0.5 text-xs">
          {said.map((line) => (
            <div key={line.key} className="flex justify-between gap-3">
              <dt className="truncate text-ink-soft">{line.label}</dt>
              <dd className="tabular max-w-[60%] truncate text-right">{line.text}</dd>
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

/**
 * Offerings side by side, as many as there is room for. It is drawn by the browser, too, which so is sent what the
 * cards say and not, a second time, what they are made of.
 */
export function Cards({ cards }: { cards: readonly CardFacts[] }) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,13.5rem),1fr))] gap-3">
      {cards.map((one) => (
        <Card key={one.key} of={one} />
      ))}
    </ul>
  );
}
