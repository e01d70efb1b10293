"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, SearchX } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Trouble } from "@/components/data-table/trouble";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Copy } from "@/components/ui/copy";
import { Empty } from "@/components/ui/empty";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { ENTITIES, type Entity } from "@/features/entities";
import { History } from "@/features/history/history";
import { problemOf } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";
import { Fields, Section } from "./parts";

/** What all that is in the catalog has. */
export type Kept = Pick<
  components["schemas"]["CharacteristicView"],
  "id" | "key" | "version" | "createdAt" | "createdBy" | "modifiedAt" | "modifiedBy"
>;

/** The page of one thing: its name, what can be done with it, what it says, and what has become of it. */
export function Detail<One extends Kept>({
  entity,
  id,
  get,
  name,
  badge,
  actions,
  children,
}: {
  entity: Entity;
  id: string;
  get: (id: string, signal: AbortSignal) => Promise<One>;
  name: (one: One) => string;
  badge: (one: One) => ReactNode;
  actions: (one: One) => ReactNode;
  children: (one: One) => ReactNode;
}) {
  const { one: word, many, title } = ENTITIES[entity];
  const author = useMay("author");
  const answer = useQuery({
    queryKey: [entity, "one", id],
    queryFn: ({ signal }) => get(id, signal),
  });
  const one = answer.data;
  const called = one && name(one);

  useEffect(() => {
    if (called) document.title = `${called} · ${title} · Catalog`;
  }, [called, title]);

  const problem = answer.isError ? problemOf(answer.error) : null;
  const gone = problem && !one && (problem.status === 404 || problem.status === 422);

  return (
    <article className="grid grid-cols-1 gap-6" aria-busy={answer.isPending}>
      <header className="grid grid-cols-1 gap-2">
        <Link
          href={`/viewer/${entity}`}
          className="inline-flex min-h-6 items-center gap-1 justify-self-start text-ink-soft hover:text-ink hover:underline"
        >
          <ArrowLeft aria-hidden className="size-4" />
          All {many}
        </Link>
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div className="min-w-0">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <h1 tabIndex={-1}>{called ?? `${word.charAt(0).toUpperCase()}${word.slice(1)}`}</h1>
              {one && badge(one)}
            </div>
            {one && (
              <p className="mt-1 flex flex-wrap items-center gap-x-1 text-ink-soft">
                <code>{one.key}</code>
                <Copy text={one.key} label="Copy the key" />
              </p>
            )}
          </div>
          {one && author && <div className="flex flex-wrap gap-2">{actions(one)}</div>}
        </div>
        {one && !author && (
          <p className="text-ink-soft">You can look at it; changing it needs the role author.</p>
        )}
      </header>
      {gone ? (
        <Empty
          icon={SearchX}
          title={`There is no such ${word}, or not any more`}
          action={
            <Button asChild>
              <Link href={`/viewer/${entity}`}>See all {many}</Link>
            </Button>
          }
        >
          It may have been deleted, or the address is not complete.
        </Empty>
      ) : (
        answer.isError && <Trouble error={answer.error} again={() => answer.refetch()} stale={!!one} />
      )}
      {answer.isPending && <Skeleton className="h-96" />}
      {one && (
        <>
          {children(one)}
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
            <Section title="Record">
              <Fields
                fields={[
                  [
                    "Id",
                    <span key="id" className="inline-flex items-center gap-1">
                      <code>{one.id}</code>
                      <Copy text={one.id} label="Copy the id" />
                    </span>,
                  ],
                  ["Version", String(one.version)],
                  ["Created", <When key="created" at={one.createdAt} by={one.createdBy} />],
                  ["Changed", <When key="changed" at={one.modifiedAt} by={one.modifiedBy} />],
                ]}
              />
            </Section>
            <History entity={entity} id={id} version={one.version} />
          </div>
          <Raw one={one} />
        </>
      )}
    </article>
  );
}

function When({ at, by }: { at: string; by: string }) {
  return (
    <>
      <Time at={at} /> by {by}
    </>
  );
}

/** All of it as the platform says it, for those who program. */
function Raw({ one }: { one: Kept }) {
  const text = JSON.stringify(one, null, 2);
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="min-h-6 cursor-pointer px-3 py-2 text-ink-soft hover:text-ink">JSON</summary>
      <div className="relative border-t border-line">
        <Copy text={text} label="Copy the JSON" className="absolute top-2 right-2 bg-surface" />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
        <pre tabIndex={0} className="max-h-96 overflow-auto p-3 text-xs">
          {text}
        </pre>
      </div>
    </details>
  );
}
