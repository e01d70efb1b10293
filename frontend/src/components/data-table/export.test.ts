import { expect, test, vi } from "vitest";
import { exported, MOST_ROWS } from "./export";
import { defineGrid, type PageOf } from "./grid";

interface Row {
  id: string;
  name: string;
}

function gridOf(list: (query: { page: number; size: number }) => Promise<PageOf<Row>>) {
  const asked = vi.fn(list);
  const grid = defineGrid<Row, { page: number; size: number; sort: string; name?: string }>({
    entity: "rows",
    one: "row",
    many: "rows",
    purpose: "",
    sort: "name",
    list: asked,
    filters: [{ name: "name", label: "Name", kind: "text" }],
    columns: [{ id: "name", header: "Name", text: (row) => row.name, sortable: true }],
  });
  return { asked, grid };
}

const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${from + at}`, name: `n${from + at}` }));
const query = { page: 7, size: 20, sort: "-name", filters: { name: "~n" } };
const signal = () => new AbortController().signal;

test("every page of the filter is in the file, whatever page is shown", async () => {
  const { asked, grid } = gridOf(async ({ page, size }) => ({
    items: rows((page - 1) * size, page < 3 ? size : 5),
    total: 205,
  }));
  const progress: [number, number][] = [];
  const file = await exported(grid, query, signal(), (done, of) => progress.push([done, of]));
  expect(asked.mock.calls.map(([one]) => one)).toEqual(
    [1, 2, 3].map((page) => ({ page, size: 100, sort: "-name", name: "~n" })),
  );
  expect(progress).toEqual([
    [100, 205],
    [200, 205],
    [205, 205],
  ]);
  expect(file).toMatchObject({ rows: 205, total: 205 });
  expect(file.text.split("\r\n")).toHaveLength(207);
  expect(file.text.startsWith("\uFEFFId,Name\r\n0,n0\r\n")).toBe(true);
});

test("a row that moves to the next page meanwhile is in the file once", async () => {
  const { grid } = gridOf(async ({ page }) => ({
    items: page === 1 ? rows(0, 100) : rows(99, 2),
    total: 101,
  }));
  expect(await exported(grid, query, signal(), () => undefined)).toMatchObject({ rows: 101, total: 101 });
});

test("a file ends after ten thousand rows, and says how many there are", async () => {
  const { asked, grid } = gridOf(async ({ page, size }) => ({
    items: rows((page - 1) * size, size),
    total: 25_000,
  }));
  const file = await exported(grid, query, signal(), () => undefined);
  expect(file).toMatchObject({ rows: MOST_ROWS, total: 25_000 });
  expect(asked).toHaveBeenCalledTimes(100);
});

test("nothing is a file with a head", async () => {
  const { grid } = gridOf(async () => ({ items: [], total: 0 }));
  expect((await exported(grid, query, signal(), () => undefined)).text).toBe("\uFEFFId,Name\r\n");
});
