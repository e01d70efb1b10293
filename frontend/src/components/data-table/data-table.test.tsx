import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { NuqsTestingAdapter, type UrlUpdateEvent } from "nuqs/adapters/testing";
import { expect, test, vi } from "vitest";
import { RolesProvider } from "@/components/shell/roles";
import { Problem } from "@/lib/api/problem";
import { DataTable } from "./data-table";
import { defineGrid, type GridQuery, type PageOf } from "./grid";

interface Thing {
  id: string;
  name: string;
  key: string;
  size: number;
}

interface Question {
  page?: number;
  size?: number;
  sort?: string;
  name?: string;
  colour?: string;
}

const thing = (at: number): Thing => ({ id: `id-${at}`, name: `Thing ${at}`, key: `thing-${at}`, size: at });
const things = (count: number) => Array.from({ length: count }, (_, at) => thing(at + 1));

/** What the platform does: so many things, page by page. */
const paged =
  (total: number) =>
  async ({ page = 1, size = 20 }: Question): Promise<PageOf<Thing>> => ({
    items: things(total).slice((page - 1) * size, page * size),
    total,
  });

function shown({
  list = paged(45),
  search = "",
  roles = ["author"],
}: {
  list?: (query: Question) => Promise<PageOf<Thing>>;
  search?: string;
  roles?: string[];
} = {}) {
  const asked = vi.fn(list);
  const grid = defineGrid<Thing, Question>({
    entity: "things",
    one: "thing",
    many: "things",
    purpose: "A thing is for a test.",
    sort: "-key",
    list: asked,
    filters: [
      { name: "name", label: "Name", kind: "text" },
      {
        name: "colour",
        label: "Colour",
        kind: "choice",
        choices: [
          { value: "RED", label: "Red" },
          { value: "BLUE", label: "Blue" },
        ],
      },
    ],
    columns: [
      { id: "name", header: "Name", text: (row) => row.name, sortable: true },
      { id: "key", header: "Key", text: (row) => row.key, sortable: true },
      { id: "size", header: "Size", text: (row) => String(row.size), numeric: true },
      { id: "secret", header: "Secret", text: () => "hidden", extra: true },
    ],
  });
  const updates: UrlUpdateEvent[] = [];
  const push = vi.fn();
  const nothing = () => undefined;
  const router = {
    push,
    replace: nothing,
    refresh: nothing,
    back: nothing,
    forward: nothing,
    prefetch: nothing,
  } as unknown as NonNullable<Parameters<typeof AppRouterContext.Provider>[0]["value"]>;
  render(
    <AppRouterContext.Provider value={router}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <NuqsTestingAdapter hasMemory searchParams={search} onUrlUpdate={(one) => updates.push(one)}>
          <RolesProvider roles={roles}>
            <DataTable grid={grid} />
          </RolesProvider>
        </NuqsTestingAdapter>
      </QueryClientProvider>
    </AppRouterContext.Provider>,
  );
  const last = () => {
    const update = updates.at(-1);
    return update && { search: update.queryString, history: update.options.history };
  };
  return { asked, updates, last, push, user: userEvent.setup() };
}

const counted = () => screen.findByText(/^\d+ things?( match(es)?)?$/);
const question = (asked: ReturnType<typeof shown>["asked"]) => asked.mock.lastCall?.[0];

test("the address says what is asked", async () => {
  const { asked } = shown({ search: "?page=2&size=50&sort=name&name=fo%20o&colour=RED", list: paged(90) });
  await screen.findByText("Thing 51");
  expect(asked).toHaveBeenCalledTimes(1);
  expect(question(asked)).toEqual({ page: 2, size: 50, sort: "name", name: "~fo o", colour: "RED" });
  expect(screen.getByRole("searchbox", { name: "Name contains" })).toHaveProperty("value", "fo o");
  expect(screen.getByRole("combobox", { name: "Colour" })).toHaveProperty("value", "RED");
});

test("what the address says and nobody understands is left out", async () => {
  const { asked, updates } = shown({
    search: "?page=-1&size=7&sort=secret&colour=PINK&columns=nonsense&utm_source=mail&name=%00%20",
  });
  await screen.findByText("Thing 1");
  expect(question(asked)).toEqual({ page: 1, size: 20, sort: "-key" });
  expect(updates).toEqual([]);
});

test("typing asks once it pauses, from the first page, and is no step of the history", async () => {
  const { asked, updates, last, user } = shown({ search: "?page=3&sort=name" });
  await screen.findByText("Thing 41");
  await user.type(screen.getByRole("searchbox"), "ab ");
  expect(asked).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(last()?.search).toBe("?sort=name&name=ab"));
  expect(last()?.history).toBe("replace");
  expect(updates).toHaveLength(1);
  await waitFor(() => expect(question(asked)).toEqual({ page: 1, size: 20, sort: "name", name: "~ab" }));
  expect(asked).toHaveBeenCalledTimes(2);
});

test("a choice, a page and a number of rows are steps of the history", async () => {
  const { last, user } = shown({ search: "?page=2" });
  await screen.findByText("Thing 21");
  await user.click(screen.getByRole("button", { name: "Next page" }));
  expect(last()).toEqual({ search: "?page=3", history: "push" });
  await screen.findByText("Thing 41");
  await user.selectOptions(screen.getByRole("combobox", { name: "Colour" }), "Blue");
  expect(last()).toEqual({ search: "?colour=BLUE", history: "push" });
  await user.selectOptions(screen.getByRole("combobox", { name: "Rows a page" }), "100");
  expect(last()).toEqual({ search: "?colour=BLUE&size=100", history: "push" });
});

test("a head sorts, and says how", async () => {
  const { asked, last, user } = shown({ search: "?page=2" });
  await screen.findByText("Thing 21");
  const head = (name: string) => screen.getByRole("columnheader", { name });
  expect(head("Key").getAttribute("aria-sort")).toBe("descending");
  expect(head("Name").getAttribute("aria-sort")).toBe("none");
  expect(head("Size").hasAttribute("aria-sort")).toBe(false);
  expect(within(head("Size")).queryByRole("button")).toBeNull();
  await user.click(within(head("Name")).getByRole("button"));
  expect(last()).toEqual({ search: "?sort=name", history: "push" });
  expect(head("Name").getAttribute("aria-sort")).toBe("ascending");
  expect(head("Key").getAttribute("aria-sort")).toBe("none");
  await user.click(within(head("Name")).getByRole("button"));
  expect(last()?.search).toBe("?sort=-name");
  expect(head("Name").getAttribute("aria-sort")).toBe("descending");
  await waitFor(() => expect(question(asked)).toEqual({ page: 1, size: 20, sort: "-name" }));
});

test("a page that is not there is the last one, with a note", async () => {
  const { last, user } = shown({ search: "?page=999" });
  expect(await screen.findByText("Thing 41")).toBeTruthy();
  expect(last()).toEqual({ search: "?page=3", history: "replace" });
  expect(screen.getByText(/There is no page 999: this is the last one, page 3/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Previous page" }));
  await screen.findByText("Thing 21");
  await waitFor(() => expect(screen.queryByText(/There is no page/)).toBeNull());
});

test("where nothing is yet, authors can begin", async () => {
  shown({ list: paged(0) });
  await screen.findByText("There are no things yet");
  expect(screen.getByRole("link", { name: "New thing" }).getAttribute("href")).toBe("/builder/things/new");
});

test("where nothing is yet, readers are told who can begin", async () => {
  shown({ list: paged(0), roles: ["reader"] });
  await screen.findByText(/A thing is for a test.*role author/);
  expect(screen.queryByRole("link", { name: "New thing" })).toBeNull();
});

test("where nothing matches, the filters can be cleared", async () => {
  const list = async (query: Question) => paged(query.name || query.colour ? 0 : 45)(query);
  const { last, user } = shown({ list, search: "?name=zzz&colour=RED&sort=name" });
  await screen.findByText("No thing matches");
  expect(screen.getByText("0 things match").getAttribute("role")).toBe("status");
  const [, inside] = screen.getAllByRole("button", { name: "Clear filters" });
  await user.click(inside as HTMLElement);
  await screen.findByText("Thing 1");
  expect(last()).toEqual({ search: "?sort=name", history: "push" });
  expect((await counted()).textContent).toBe("45 things");
});

test("what went wrong is said, can be found in the logs, and tried again", async () => {
  const problem = new Problem({
    status: 503,
    code: "unavailable",
    detail: "The catalog is being repaired.",
    traceId: "abc123",
  });
  let broken = true;
  const list = async (query: Question) => {
    if (broken) throw problem;
    return paged(3)(query);
  };
  const { user } = shown({ list });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("The catalog is being repaired.");
  expect(alert.textContent).toContain("abc123");
  expect(screen.queryByText(/yet$/)).toBeNull();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("Thing 3");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("rows stay, and are marked as old, until the next are there", async () => {
  let answer: (() => void) | undefined;
  const list = (query: Question) =>
    query.page === 2
      ? new Promise<PageOf<Thing>>((resolve) => {
          answer = () => resolve(paged(45)(query));
        })
      : paged(45)(query);
  const { user } = shown({ list });
  const region = () => screen.getByRole("region", { name: "Table of things" });
  expect(region().getAttribute("aria-busy")).toBe("true");
  await screen.findByText("Thing 1");
  expect(region().getAttribute("aria-busy")).toBe("false");
  expect(region().getAttribute("tabindex")).toBe("0");
  await user.click(screen.getByRole("button", { name: "Next page" }));
  expect(region().getAttribute("aria-busy")).toBe("true");
  expect(screen.getByText("Thing 1")).toBeTruthy();
  answer?.();
  await screen.findByText("Thing 21");
  expect(region().getAttribute("aria-busy")).toBe("false");
  expect(screen.queryByText("Thing 1")).toBeNull();
});

test("the count is announced when it changes", async () => {
  const list = async (query: Question) => paged(query.colour ? 1 : 45)(query);
  const { user } = shown({ list });
  const status = await counted();
  expect(status.getAttribute("role")).toBe("status");
  expect(status.textContent).toBe("45 things");
  await user.selectOptions(screen.getByRole("combobox", { name: "Colour" }), "Red");
  await waitFor(() => expect(status.textContent).toBe("1 thing matches"));
});

test("columns are those that the address says, and the first", async () => {
  shown({ search: "?columns=secret,nonsense" });
  await screen.findByText("Thing 1");
  const heads = screen.getAllByRole("columnheader").map((one) => one.textContent);
  expect(heads).toEqual(["Name", "Secret", "Id"]);
});

test("columns are chosen, and kept in the address", async () => {
  const { last, user } = shown();
  await screen.findByText("Thing 1");
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Key" }));
  expect(last()).toEqual({ search: "?columns=size", history: "replace" });
  await user.click(screen.getByRole("menuitemcheckbox", { name: "Secret" }));
  expect(last()?.search).toBe("?columns=size,secret");
  await user.click(screen.getByRole("menuitemcheckbox", { name: "Compact rows" }));
  expect(localStorage.getItem("catalog.density")).toBe("compact");
});

test("a row leads to its page, by its link and by a click", async () => {
  const { push, user } = shown();
  const link = await screen.findByRole("link", { name: "Thing 2" });
  expect(link.getAttribute("href")).toBe("/viewer/things/id-2");
  await user.click(screen.getByText("thing-2"));
  expect(push).toHaveBeenCalledWith("/viewer/things/id-2");
});

test("a grid asks with the names of the platform", async () => {
  const { asked } = shown({ search: "?name=~x" });
  await screen.findByText("Thing 1");
  const { page, size, sort, ...filters } = question(asked) as Question & GridQuery;
  expect([page, size, sort]).toEqual([1, 20, "-key"]);
  expect(filters).toEqual({ name: "~~x" });
});
