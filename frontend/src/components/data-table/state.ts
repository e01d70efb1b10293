"use client";

import { useQueryStates } from "nuqs";
import { type Grid, type GridQuery, MOST_PAGES, type WithId } from "./grid";

type History = "push" | "replace";

/** All that makes one view of a grid different from another: it is in the address, and nowhere else. */
export interface GridState {
  query: GridQuery;
  /** The page that the address says, though it may be beyond what can be read. */
  asked: number;
  /** The filters as people wrote them; those that are not used are null. */
  filters: Record<string, string | null>;
  filtered: boolean;
  /** Ids of the columns that are shown, the first not counted: it always is. */
  columns: readonly string[];
  goTo: (page: number, history?: History) => void;
  setSize: (size: number) => void;
  setSort: (sort: string) => void;
  setColumns: (columns: readonly string[] | null) => void;
  /** Another question begins at its first page. */
  setFilter: (name: string, value: string | null, history?: History) => void;
  clear: () => void;
}

export function useGridState<Row extends WithId>(grid: Grid<Row>): GridState {
  const [view, setView] = useQueryStates(grid.view, { history: "push" });
  const [filters, setFilters] = useQueryStates(grid.parsers, { history: "push" });

  const asked: Record<string, string> = {};
  for (const { name, kind } of grid.filters) {
    const value = filters[name];
    if (value) asked[name] = kind === "text" ? `~${value}` : value;
  }

  return {
    asked: view.page,
    query: { page: Math.min(view.page, MOST_PAGES), size: view.size, sort: view.sort, filters: asked },
    filters,
    filtered: Object.keys(asked).length > 0,
    columns: view.columns ?? grid.columns.slice(1).flatMap((one) => (one.extra ? [] : [one.id])),
    goTo: (page, history = "push") => void setView({ page }, { history }),
    setSize: (size) => void setView({ size: size as (typeof view)["size"], page: null }),
    setSort: (sort) => void setView({ sort, page: null }),
    setColumns: (columns) => void setView({ columns: columns && [...columns] }, { history: "replace" }),
    setFilter: (name, value, history = "push") => {
      void setView({ page: null }, { history });
      void setFilters({ [name]: value }, { history });
    },
    clear: () => {
      void setView({ page: null });
      void setFilters(null);
    },
  };
}
