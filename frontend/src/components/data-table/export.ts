import { csv } from "@/lib/csv";
import { type Grid, type GridQuery, MOST_A_PAGE, type WithId } from "./grid";

/** Rows that a file has at most: who needs more narrows the filter. */
export const MOST_ROWS = 10_000;

export interface Exported {
  text: string;
  rows: number;
  /** What the filter leaves; more than `rows` when the file is cut. */
  total: number;
}

/** All rows of a question, page after page, as a file with every column. A row that moves meanwhile is in it once. */
export async function exported<Row extends WithId>(
  grid: Grid<Row>,
  { sort, filters }: GridQuery,
  signal: AbortSignal,
  onProgress: (done: number, of: number) => void,
): Promise<Exported> {
  const found = new Map<string, Row>();
  let total = 0;
  for (let page = 1; page <= MOST_ROWS / MOST_A_PAGE; page += 1) {
    const answer = await grid.list({ page, size: MOST_A_PAGE, sort, filters }, signal);
    for (const row of answer.items) found.set(row.id, row);
    total = answer.total;
    onProgress(Math.min(page * MOST_A_PAGE, total), Math.min(total, MOST_ROWS));
    if (page * MOST_A_PAGE >= total) break;
  }
  const rows = [...found.values()];
  const head = ["Id", ...grid.columns.map((one) => one.header)];
  const body = rows.map((row) => [row.id, ...grid.columns.map((one) => one.text(row))]);
  return { text: csv([head, ...body]), rows: rows.length, total };
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
