"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Inbox, Plus, SearchX } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { formatCount } from "@/lib/formats";
import { useStored } from "@/lib/stored";
import { CardsView } from "./cards-view";
import { ColumnsMenu } from "./columns-menu";
import { ExportButton } from "./export-button";
import { Filters } from "./filters";
import { type Grid, lastPage, SIZES, type WithId } from "./grid";
import { useNarrow } from "./narrow";
import { Pager } from "./pager";
import { useGridState } from "./state";
import { TableView } from "./table-view";
import { Trouble } from "./trouble";

/** Places that are shown for rows when nothing is known yet: as many as a page has at least. */
const WAITING = SIZES[0];

/** A list of the platform to look through: filtered, sorted and paged by the platform, as the address says. */
export function DataTable<Row extends WithId>({ grid }: { grid: Grid<Row> }) {
  const state = useGridState(grid);
  const narrow = useNarrow();
  const author = useMay("author");
  const [density, setDensity] = useStored("catalog.density", ["comfortable", "compact"]);
  const [beyond, setBeyond] = useState<{ asked: number; view: string } | null>(null);
  const { query, asked, goTo } = state;
  const answer = useQuery({
    queryKey: [grid.entity, "list", query],
    queryFn: ({ signal }) => grid.list(query, signal),
    placeholderData: keepPreviousData,
  });
  const total = answer.data?.total ?? 0;
  const last = lastPage(total, query.size);
  const known = answer.isSuccess && !answer.isPlaceholderData;
  const past = known && asked > last;
  const none = answer.isSuccess && total === 0 && !state.filtered;
  const view = JSON.stringify(query);

  // Who asks for a page that is not there (any more) gets the last one, and is told.
  useEffect(() => {
    if (past) {
      setBeyond({ asked, view: JSON.stringify({ ...query, page: last }) });
      goTo(last, "replace");
    } else if (known && beyond && beyond.view !== view) setBeyond(null);
  }, [past, known, asked, last, query, view, beyond, goTo]);

  const Rows = narrow ? CardsView : TableView;
  const rows = answer.data?.items ?? [];
  const create = author && grid.authored && (
    <Button look="primary" asChild>
      <Link href={`/builder/${grid.entity}/new`}>
        <Plus aria-hidden />
        New {grid.one}
      </Link>
    </Button>
  );

  return (
    <div className="grid grid-cols-1 gap-3">
      <Filters filters={grid.filters} state={state} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p role="status" className="tabular">
          {told(grid, { total, filtered: state.filtered, known: answer.isSuccess })}
        </p>
        <div className="flex flex-wrap items-center gap-2">
          <ExportButton grid={grid} query={query} total={total} />
          <ColumnsMenu grid={grid} state={state} density={density} onDensity={setDensity} />
          {!none && create}
        </div>
      </div>
      {beyond && beyond.view === view && (
        <Notice role="status">
          There is no page {formatCount(beyond.asked)}: this is the last one, page {query.page}.
        </Notice>
      )}
      {answer.isError && answer.data && <Trouble error={answer.error} again={() => answer.refetch()} stale />}
      <Rows
        grid={grid}
        state={state}
        rows={rows}
        density={density}
        waiting={answer.isPending || (past && rows.length === 0) ? WAITING : 0}
        stale={answer.isPlaceholderData}
        instead={
          answer.isError && !answer.data ? (
            <div className="p-3">
              <Trouble error={answer.error} again={() => answer.refetch()} busy={answer.isFetching} />
            </div>
          ) : answer.isSuccess && total === 0 ? (
            state.filtered ? (
              <Empty
                icon={SearchX}
                title={`No ${grid.one} matches`}
                action={<Button onClick={state.clear}>Clear filters</Button>}
              >
                Loosen a filter, or clear them all.
              </Empty>
            ) : (
              <Empty icon={Inbox} title={`There are no ${grid.many} yet`} action={create}>
                {grid.purpose}
                {!author && grid.authored && " Somebody with the role author can create the first one."}
              </Empty>
            )
          ) : null
        }
      />
      <Pager total={answer.data?.total} state={state} />
    </div>
  );
}

function told<Row extends WithId>(
  grid: Grid<Row>,
  { total, filtered, known }: { total: number; filtered: boolean; known: boolean },
): string {
  if (!known) return "";
  const words = `${formatCount(total)} ${total === 1 ? grid.one : grid.many}`;
  return filtered ? `${words} ${total === 1 ? "matches" : "match"}` : words;
}
