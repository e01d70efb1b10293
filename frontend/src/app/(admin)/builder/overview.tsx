"use client";

import { useQueries } from "@tanstack/react-query";
import { Layers, type LucideIcon, Package, Plus, Send, SlidersHorizontal, Tag, Upload } from "lucide-react";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { type AnyStatus, Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { ENTITIES, type Entity } from "@/features/entities";
import { contentOf } from "@/features/offering/words";
import { api, got } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";
import { formatDecimal } from "@/lib/money";

/** Something that was changed, whatever it is. */
interface Change {
  id: string;
  name: string;
  version: number;
  modifiedAt: string;
  modifiedBy: string;
  status?: AnyStatus;
}

interface Latest {
  total: number;
  items: Change[];
}

const MOST = 10;
const query = { size: MOST, sort: "-modifiedAt" };

const LATEST: Record<Entity, () => Promise<Latest>> = {
  characteristics: () => got(api.GET("/api/characteristics", { params: { query } })),
  specifications: () => got(api.GET("/api/specifications", { params: { query } })),
  prices: async () => {
    const page = await got(api.GET("/api/prices", { params: { query } }));
    return { total: page.total, items: page.items.map(({ money: _, ...one }) => one) };
  },
  offerings: async () => {
    const page = await got(api.GET("/api/offerings", { params: { query } }));
    return { total: page.total, items: page.items.map((one) => ({ ...one, name: contentOf(one).name })) };
  },
};

/** In the order in which things are made of each other. */
const CARDS: readonly { entity: Entity; icon: LucideIcon; what: string }[] = [
  { entity: "characteristics", icon: SlidersHorizontal, what: "What can be said of a product, and how." },
  { entity: "specifications", icon: Layers, what: "Kinds of product: which characteristics they have." },
  { entity: "prices", icon: Tag, what: "What is paid, when, and for which quantity." },
  { entity: "offerings", icon: Package, what: "What is sold: a kind of product, its values, its prices." },
];

export function Overview() {
  const author = useMay("author");
  const answers = useQueries({
    queries: CARDS.map(({ entity }) => ({ queryKey: [entity, "list", query], queryFn: LATEST[entity] })),
  });
  const failed = answers.find((one) => one.isError);
  const changes = CARDS.flatMap(({ entity }, index) =>
    (answers[index]?.data?.items ?? []).map((one) => ({ entity, ...one })),
  )
    .sort((one, other) => Date.parse(other.modifiedAt) - Date.parse(one.modifiedAt))
    .slice(0, MOST);
  const pending = answers.some((one) => one.isPending);

  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 tabIndex={-1}>Builder</h1>
          <p className="mt-1 text-ink-soft">
            Characteristics make specifications; an offering is of a specification, and has prices.
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button asChild>
            <Link href="/publish">
              <Send aria-hidden />
              Publications
            </Link>
          </Button>
          {author && (
            <Button asChild>
              <Link href="/import">
                <Upload aria-hidden />
                Import
              </Link>
            </Button>
          )}
        </div>
      </div>
      {failed && (
        <Notice kind="warn" role="alert" title={problemOf(failed.error).message}>
          <Button
            size="sm"
            onClick={() => {
              for (const one of answers) if (one.isError) void one.refetch();
            }}
          >
            Try again
          </Button>
        </Notice>
      )}
      <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {CARDS.map(({ entity, icon: Icon, what }, index) => {
          const total = answers[index]?.data?.total;
          const { title, one } = ENTITIES[entity];
          return (
            <li
              key={entity}
              className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-surface p-4"
            >
              <div className="flex items-start justify-between gap-2">
                <h2 className="flex items-center gap-2">
                  <Icon aria-hidden className="size-4 text-ink-soft" />
                  {title}
                </h2>
                {total === undefined ? (
                  <Skeleton className="h-6 w-10" />
                ) : (
                  <Link
                    href={`/viewer/${entity}`}
                    className="tabular min-h-6 text-lg leading-6 font-semibold underline-offset-2 hover:underline"
                    aria-label={`${total} ${ENTITIES[entity].many}: look at all of them`}
                  >
                    {formatDecimal(String(total))}
                  </Link>
                )}
              </div>
              <p className="text-ink-soft">{what}</p>
              {author && (
                <Button asChild className="mt-auto w-fit">
                  <Link href={`/builder/${entity}/new`}>
                    <Plus aria-hidden />
                    New {one}
                  </Link>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <section aria-labelledby="latest" className="min-w-0 rounded-lg border border-line bg-surface">
        <h2 id="latest" className="border-b border-line px-4 py-3">
          Latest changes
        </h2>
        {pending ? (
          <div className="space-y-2 p-4">
            {["a", "b", "c", "d", "e"].map((one) => (
              <Skeleton key={one} className="h-8" />
            ))}
          </div>
        ) : changes.length === 0 ? (
          <Empty icon={Package} title="Nothing here yet">
            <p>Start with a characteristic, such as Colour or Storage.</p>
          </Empty>
        ) : (
          <ul>
            {changes.map((one) => (
              <li
                key={one.id}
                className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 last:border-b-0 hover:bg-sunken"
              >
                <Link
                  href={`/builder/${one.entity}/${one.id}`}
                  className="min-w-0 truncate py-0.5 font-medium underline-offset-2 hover:underline"
                >
                  {one.name}
                </Link>
                <span className="text-ink-soft">{ENTITIES[one.entity].one}</span>
                {one.status && <Status of={one.status} />}
                <span className="w-full text-ink-soft sm:ml-auto sm:w-auto">
                  {one.version === 1 ? "Created" : "Changed"} by {one.modifiedBy},{" "}
                  <Time at={one.modifiedAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
