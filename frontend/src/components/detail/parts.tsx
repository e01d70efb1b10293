import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

export type Field = readonly [label: string, value: ReactNode];

/** A part of a page with a heading. */
export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  const id = `section-${title.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <section aria-labelledby={id} className="grid grid-cols-1 content-start gap-2">
      <div>
        <h2 id={id}>{title}</h2>
        {note && <p className="text-ink-soft">{note}</p>}
      </div>
      {children}
    </section>
  );
}

/** What is known, name by name. What is empty is a dash, so that nobody wonders. */
export function Fields({ fields }: { fields: readonly Field[] }) {
  return (
    <dl className="divide-y divide-line rounded-lg border border-line bg-surface">
      {fields.map(([label, value]) => (
        <div key={label} className="grid grid-cols-1 gap-x-4 px-3 py-2 sm:grid-cols-[11rem_minmax(0,1fr)]">
          <dt className="text-ink-soft">{label}</dt>
          <dd className="min-w-0 whitespace-pre-line">{value || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A small table that scrolls by itself where it has no room, and is never longer than half a page. */
export function SmallTable({
  label,
  heads,
  children,
  numeric = [],
}: {
  label: string;
  heads: readonly string[];
  children: ReactNode;
  /** Which columns are numbers, counted from 0. */
  numeric?: readonly number[];
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-separate border-spacing-0 [&_td]:border-t [&_td]:border-line [&_td]:px-3 [&_td]:py-2 [&_tbody_th]:border-t [&_tbody_th]:border-line [&_tbody_th]:px-3 [&_tbody_th]:py-2 [&_tbody_th]:text-left [&_tbody_th]:font-normal">
        <thead>
          <tr className="text-left text-xs text-ink-soft">
            {heads.map((head, at) => (
              <th
                key={head}
                scope="col"
                className={cn(
                  "sticky top-0 z-10 h-9 bg-sunken px-3 font-medium whitespace-nowrap",
                  numeric.includes(at) && "text-right",
                )}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Where something is in its life, and what comes after. `now` may be none of the steps: then it is said alone. */
export function Lifecycle({
  steps,
  now,
  children,
}: {
  steps: readonly { state: string; word: string }[];
  now: string;
  children?: ReactNode;
}) {
  return (
    <div className="grid grid-cols-1 gap-2">
      <ol className="flex flex-wrap items-center gap-y-1" aria-label="Life">
        {steps.map(({ state, word }, at) => (
          <li key={state} aria-current={state === now ? "step" : undefined} className="flex items-center">
            {at > 0 && <span aria-hidden className="mx-2 h-px w-6 bg-line-strong" />}
            <span
              className={cn(
                "rounded-full border px-2.5 py-0.5 text-xs",
                state === now
                  ? "border-accent bg-accent-soft font-medium text-accent"
                  : "border-line text-ink-soft",
              )}
            >
              {word}
            </span>
          </li>
        ))}
      </ol>
      {children && <p className="max-w-prose text-ink-soft">{children}</p>}
    </div>
  );
}
