"use client";

import { type SortingState, useTable } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type CSSProperties, type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { Link, useGo } from "@/components/shell/link";
import { Copy } from "@/components/ui/copy";
import { cn } from "@/lib/cn";
import type { Density } from "./columns-menu";
import { features, type Grid, type WithId } from "./grid";
import type { GridState } from "./state";

/** How high a row is. */
const HEIGHTS = { comfortable: "2.75rem", compact: "2rem" } as const;
const CELL = "h-(--row) border-b border-line group-last:border-b-0 group-hover:bg-sunken";
/** The width of the last column, in rem: it has a button to copy the id. */
const COPY = 2.5;
const SORTED = { asc: "ascending", desc: "descending" } as const;
const ICONS = { asc: ArrowUp, desc: ArrowDown, none: ChevronsUpDown } as const;

export interface RowsProps<Row extends WithId> {
  grid: Grid<Row>;
  state: GridState;
  rows: Row[];
  density: Density;
  /** Places for so many rows that are on their way. */
  waiting: number;
  /** The rows are of a question that somebody has changed meanwhile. */
  stale: boolean;
  /** What stands where no rows are. */
  instead: ReactNode;
}

/** Rows and columns in a scroll region of their own: the head and the first column stay where they are. */
export function TableView<Row extends WithId>({
  grid,
  state,
  rows,
  density,
  waiting,
  stale,
  instead,
}: RowsProps<Row>) {
  const go = useGo();
  const region = useRef<HTMLElement>(null);
  const { sort, page } = state.query;
  const sorting: SortingState = [{ id: sort.replace(/^-/, ""), desc: sort.startsWith("-") }];
  const shown = Object.fromEntries(grid.columns.slice(1).map(({ id }) => [id, state.columns.includes(id)]));
  const table = useTable({
    features,
    columns: grid.defs,
    data: rows,
    getRowId: (row) => row.id,
    manualSorting: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    state: { sorting, columnVisibility: shown },
    onSortingChange: (updater) => {
      const [first] = typeof updater === "function" ? updater(sorting) : updater;
      if (first) state.setSort(`${first.desc ? "-" : ""}${first.id}`);
    },
  });
  const columns = table.getVisibleLeafColumns();
  const widths = columns.map((column) => column.columnDef.meta?.width ?? 0);
  const sizes = {
    "--row": HEIGHTS[density],
    minWidth: `${widths.reduce((sum, one) => sum + one, COPY)}rem`,
  } as CSSProperties;

  // Another page is read from its first row. The first one is: to ask for it would cost a layout of the page.
  const read = useRef(page);
  useEffect(() => {
    if (read.current !== page) region.current?.scrollTo?.({ top: 0 });
    read.current = page;
  }, [page]);

  /** A click anywhere on a row is one on its link, unless it is on something else or marks a text. */
  function open(event: MouseEvent<HTMLTableRowElement>, row: Row) {
    const target = event.target as HTMLElement;
    if (target.closest("a, button") || window.getSelection()?.toString()) return;
    go(`${grid.place}/${row.id}`);
  }

  return (
    <section
      ref={region}
      aria-label={`Table of ${grid.many}`}
      aria-busy={stale || waiting > 0}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
      tabIndex={0}
      className="relative max-h-[max(20rem,calc(100dvh-20rem))] scroll-pt-10 overflow-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full table-fixed border-separate border-spacing-0" style={sizes}>
        <colgroup>
          {columns.map((column, at) => (
            <col key={column.id} style={{ width: `${widths[at]}rem` }} />
          ))}
          <col style={{ width: `${COPY}rem` }} />
        </colgroup>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header, at) => {
                const sorted = header.column.getIsSorted();
                const Icon = ICONS[sorted || "none"];
                return (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={header.column.getCanSort() ? (sorted ? SORTED[sorted] : "none") : undefined}
                    className={cn(
                      "sticky top-0 z-10 h-9 border-b border-line bg-sunken px-3 text-left text-xs font-medium whitespace-nowrap text-ink-soft",
                      at === 0 && "left-0 z-20",
                      header.column.columnDef.meta?.numeric && "text-right",
                    )}
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        onClick={header.column.getToggleSortingHandler()}
                        className={cn(
                          "-mx-1 inline-flex min-h-6 cursor-pointer items-center gap-1 rounded-md px-1 hover:text-ink",
                          sorted && "text-ink",
                        )}
                      >
                        <table.FlexRender header={header} />
                        <Icon aria-hidden className={cn("size-3.5", !sorted && "opacity-50")} />
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                );
              })}
              <th scope="col" className="sticky top-0 z-10 h-9 border-b border-line bg-sunken">
                <span className="sr-only">Id</span>
              </th>
            </tr>
          ))}
        </thead>
        <tbody className={cn("transition-opacity", stale && "opacity-50")}>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} className="group cursor-pointer" onClick={(event) => open(event, row.original)}>
              {row.getVisibleCells().map((cell, at) => {
                return at === 0 ? (
                  <th
                    key={cell.id}
                    scope="row"
                    className={cn(CELL, "px-3 sticky left-0 z-[5] truncate bg-surface text-left font-normal")}
                  >
                    <Link
                      href={`${grid.place}/${row.id}`}
                      className="inline-flex min-h-6 max-w-full items-center font-medium text-accent hover:underline"
                    >
                      <span className="truncate">
                        <table.FlexRender cell={cell} />
                      </span>
                    </Link>
                  </th>
                ) : (
                  <td
                    key={cell.id}
                    className={cn(
                      CELL,
                      "px-3 truncate whitespace-nowrap",
                      cell.column.columnDef.meta?.numeric && "text-right",
                    )}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                );
              })}
              <td className={cn(CELL, "px-2")}>
                <Copy text={row.id} label={`Copy the id of ${grid.columns[0]?.text(row.original)}`} />
              </td>
            </tr>
          ))}
          {waiting > 0 && (
            <tr aria-hidden>
              <td colSpan={columns.length + 1} className="p-0">
                <div className="waiting-rows animate-pulse" style={{ "--rows": waiting } as CSSProperties} />
              </td>
            </tr>
          )}
          {instead && (
            <tr>
              <td colSpan={columns.length + 1}>
                <div className="sticky left-0 max-w-full">{instead}</div>
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
