"use client";

import { useId } from "react";
import { Link } from "@/components/shell/link";
import { Copy } from "@/components/ui/copy";
import { NativeSelect } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import type { WithId } from "./grid";
import type { RowsProps } from "./table-view";

/** The same rows where a table has no room: each a card, with the order chosen above. */
export function CardsView<Row extends WithId>({
  grid,
  state,
  rows,
  density,
  waiting,
  stale,
  instead,
}: RowsProps<Row>) {
  const id = useId();
  const [first, ...others] = grid.columns;
  if (!first) return null;
  const shown = others.filter((one) => state.columns.includes(one.id));
  const gap = density === "compact" ? "gap-y-0.5 py-2" : "gap-y-1 py-3";
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="text-xs whitespace-nowrap text-ink-soft">
          Sort by
        </label>
        <NativeSelect
          id={id}
          value={state.query.sort}
          onChange={(event) => state.setSort(event.target.value)}
        >
          {grid.columns
            .filter((one) => one.sortable)
            .flatMap((one) => [
              <option key={one.id} value={one.id}>
                {one.header}, upwards
              </option>,
              <option key={`-${one.id}`} value={`-${one.id}`}>
                {one.header}, downwards
              </option>,
            ])}
        </NativeSelect>
      </div>
      <section
        aria-label={`List of ${grid.many}`}
        aria-busy={stale || waiting > 0}
        className="rounded-lg border border-line bg-surface"
      >
        <ul className={cn("divide-y divide-line transition-opacity", stale && "opacity-50")}>
          {rows.map((row) => (
            <li key={row.id} className={cn("grid grid-cols-1 px-3", gap)}>
              <div className="flex items-center justify-between gap-2">
                <Link
                  href={`${grid.place}/${row.id}`}
                  className="min-w-0 py-1 font-medium text-accent hover:underline"
                >
                  {(first.cell ?? first.text)(row)}
                </Link>
                <Copy text={row.id} label={`Copy the id of ${first.text(row)}`} />
              </div>
              <dl className={cn("grid grid-cols-[minmax(5rem,auto)_minmax(0,1fr)] gap-x-3", gap, "py-0")}>
                {shown.map((column) => (
                  <div key={column.id} className="col-span-2 grid grid-cols-subgrid items-center">
                    <dt className="text-xs text-ink-soft">{column.header}</dt>
                    <dd className="min-w-0">{(column.cell ?? column.text)(row)}</dd>
                  </div>
                ))}
              </dl>
            </li>
          ))}
          {Array.from({ length: waiting }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: places that are all the same
            <li key={at} aria-hidden className="grid grid-cols-1 gap-2 px-3 py-3">
              <Skeleton className="h-5 w-40" />
              <Skeleton className="h-16" />
            </li>
          ))}
        </ul>
        {instead}
      </section>
    </div>
  );
}
