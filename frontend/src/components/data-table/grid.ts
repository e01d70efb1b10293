import {
  type ColumnDef,
  columnVisibilityFeature,
  metaHelper,
  rowSortingFeature,
  tableFeatures,
} from "@tanstack/react-table";
import {
  createParser,
  parseAsArrayOf,
  parseAsInteger,
  parseAsNumberLiteral,
  parseAsStringLiteral,
  type SingleParserBuilder,
} from "nuqs";
import type { ReactNode } from "react";

/** As deep as the platform lets a list be read, and as wide. */
export const MOST_PAGES = 1000;
export const MOST_A_PAGE = 100;
export const SIZES = [20, 50, 100] as const;

const USUAL_WIDTH = 9;

interface Meta {
  /** Numbers stand at the right. */
  numeric: boolean;
  /** In rem. */
  width: number;
}

/** The server sorts, filters and pages; the table knows what is shown, and by what it is sorted. */
export const features = tableFeatures({
  columnVisibilityFeature,
  rowSortingFeature,
  columnMeta: metaHelper<Meta>(),
});

export interface GridColumn<Row> {
  /** Where `sortable`, the name by which the platform sorts. */
  id: string;
  header: string;
  /** What is written into a file, and shown where there is no `cell`. */
  text: (row: Row) => string;
  cell?: (row: Row) => ReactNode;
  sortable?: boolean;
  /** The first click sorts it downwards: what is latest, or most. */
  downFirst?: boolean;
  numeric?: boolean;
  /** Only shown when somebody chooses it. */
  extra?: boolean;
  /** Its part of the width, in rem: columns do not move with what stands in them. */
  width?: number;
}

export type GridFilter<Name extends string = string> = { name: Name; label: string } & (
  | { kind: "text" }
  | { kind: "choice"; choices: readonly { value: string; label: string }[] }
);

/** What each list of the platform answers. */
export interface PageOf<Row> {
  items: Row[];
  total: number;
}

export interface GridGiven<Row, Query extends object> {
  /** The plural, as addresses have it. */
  entity: string;
  one: string;
  many: string;
  columns: readonly GridColumn<Row>[];
  filters: readonly GridFilter<keyof Query & string>[];
  sort: string;
  list: (query: Query, signal?: AbortSignal) => Promise<PageOf<Row>>;
  /** What the things are for, said where there are none yet. */
  purpose: string;
  /** Where one of them is shown; in the viewer, unless said otherwise. */
  place?: string;
  /** Whether authors make new ones, unless said otherwise. */
  authored?: boolean;
}

export type Columns<Row extends WithId> = ColumnDef<typeof features, Row>[];

export interface Grid<Row extends WithId> {
  entity: string;
  one: string;
  many: string;
  purpose: string;
  place: string;
  authored: boolean;
  columns: readonly GridColumn<Row>[];
  defs: Columns<Row>;
  filters: readonly GridFilter[];
  sort: string;
  list: (query: GridQuery, signal?: AbortSignal) => Promise<PageOf<Row>>;
  view: ReturnType<typeof viewParsers>;
  parsers: Record<string, SingleParserBuilder<string>>;
}

/** A question to a list. Filters are as the platform wants them: `~` before what shall be contained. */
export interface GridQuery {
  page: number;
  size: number;
  sort: string;
  filters: Record<string, string>;
}

export interface WithId {
  id: string;
}

/** A grid of one entity: what there is to see of it, and how it is asked for. */
export function defineGrid<Row extends WithId, Query extends object>(
  given: GridGiven<Row, Query>,
): Grid<Row> {
  const defs: Columns<Row> = given.columns.map((column, at) => ({
    id: column.id,
    header: column.header,
    accessorFn: column.text,
    cell: ({ row }) => (column.cell ?? column.text)(row.original),
    enableSorting: column.sortable ?? false,
    sortDescFirst: column.downFirst ?? false,
    enableHiding: at > 0,
    meta: { numeric: column.numeric ?? false, width: column.width ?? USUAL_WIDTH },
  }));
  return {
    ...given,
    place: given.place ?? `/viewer/${given.entity}`,
    authored: given.authored ?? true,
    defs,
    filters: given.filters,
    // The filters are named by the query itself, and their choices are the contract's.
    list: ({ filters, ...rest }, signal) => given.list({ ...rest, ...filters } as unknown as Query, signal),
    view: viewParsers(given),
    parsers: Object.fromEntries(
      given.filters.map((one) => [
        one.name,
        one.kind === "text" ? parseAsWords : parseAsStringLiteral(one.choices.map(({ value }) => value)),
      ]),
    ),
  };
}

/** What a text filter may say: control characters are in no field, and the platform refuses them. */
const parseAsWords = createParser({
  parse: (text) => tidy(text) || null,
  serialize: (text) => text,
});

export const tidy = (text: string) => text.replace(/[\p{Cc}\p{Cs}]/gu, "").trim();

function viewParsers({ columns, sort }: Pick<GridGiven<never, never>, "columns" | "sort">) {
  const sortable = columns.filter((one) => one.sortable).map((one) => one.id);
  const hideable = columns.slice(1).map((one) => one.id);
  return {
    page: createParser({
      parse: (text) => {
        const page = parseAsInteger.parse(text);
        return page === null || page < 1 ? null : page;
      },
      serialize: String,
    }).withDefault(1),
    size: parseAsNumberLiteral(SIZES).withDefault(SIZES[0]),
    sort: parseAsStringLiteral(sortable.flatMap((one) => [one, `-${one}`])).withDefault(sort),
    columns: parseAsArrayOf(parseAsStringLiteral(hideable)),
  };
}

/** The last page that can be read of so many rows. */
export const lastPage = (total: number, size: number) =>
  Math.min(Math.max(1, Math.ceil(total / size)), MOST_PAGES);
