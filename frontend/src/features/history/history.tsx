"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Trouble } from "@/components/data-table/trouble";
import { Section } from "@/components/detail/parts";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { Entity } from "@/features/entities";
import { api, got } from "@/lib/api/browser";
import { cn } from "@/lib/cn";
import { changeWords, eventWords, fieldWords } from "./words";

const SIZE = 5;

/** What has become of something: when, by whom, and what is different since. `version` is its present one. */
export function History({ entity, id, version }: { entity: Entity; id: string; version: number }) {
  const [page, setPage] = useState(1);
  const answer = useQuery({
    queryKey: [entity, "history", id, version, page],
    queryFn: ({ signal }) =>
      got(
        api.GET(`/api/${entity}/{id}/history`, {
          params: { path: { id }, query: { page, size: SIZE } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const found = answer.data;
  return (
    <Section title="History">
      {answer.isPending && <Skeleton className="h-40" />}
      {answer.isError && <Trouble error={answer.error} again={() => answer.refetch()} stale={!!found} />}
      {found && (
        <ol
          aria-busy={answer.isPlaceholderData}
          className={cn(
            "divide-y divide-line rounded-lg border border-line bg-surface",
            answer.isPlaceholderData && "opacity-50",
          )}
        >
          {found.items.map((one) => (
            <li key={`${one.version} ${one.what}`} className="grid grid-cols-1 gap-1 px-3 py-2">
              <p className="flex flex-wrap gap-x-2">
                <span className="font-medium">{eventWords(one.what)}</span>
                <span className="text-ink-soft">
                  <Time at={one.at} /> by {one.by}, version {one.version}
                </span>
              </p>
              <Changes changes={one.changes} />
            </li>
          ))}
        </ol>
      )}
      {found && found.total > SIZE && (
        <div className="flex items-center gap-2">
          <Button size="sm" disabled={page === 1} onClick={() => setPage(page - 1)}>
            Later
          </Button>
          <Button size="sm" disabled={page * SIZE >= found.total} onClick={() => setPage(page + 1)}>
            Earlier
          </Button>
          <p className="tabular text-ink-soft">
            {(page - 1) * SIZE + 1}–{Math.min(page * SIZE, found.total)} of {found.total}
          </p>
        </div>
      )}
    </Section>
  );
}

function Changes({ changes }: { changes: Record<string, unknown[]> }) {
  const fields = Object.entries(changes);
  if (!fields.length) return null;
  return (
    <details>
      <summary className="min-h-6 cursor-pointer text-ink-soft hover:text-ink">
        {fields.map(([field]) => fieldWords(field)).join(", ")}
      </summary>
      <dl className="mt-1 grid grid-cols-1 gap-1 border-l-2 border-line pl-3">
        {fields.map(([field, [before, after]]) => (
          <div key={field} className="min-w-0">
            <dt className="text-xs text-ink-soft">{fieldWords(field)}</dt>
            <dd>
              {before !== null && before !== undefined && (
                <>
                  <del className="text-bad">
                    <span className="sr-only">before: </span>
                    {changeWords(before)}
                  </del>{" "}
                </>
              )}
              <ins className="text-good no-underline">
                <span className="sr-only">after: </span>
                {changeWords(after)}
              </ins>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
