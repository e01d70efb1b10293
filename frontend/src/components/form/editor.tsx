"use client";

import { useQuery } from "@tanstack/react-query";
import { Copy, Eye } from "lucide-react";
import type { ComponentType, ReactNode } from "react";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { ENTITIES } from "@/features/entities";
import { oneOf, type Reader } from "@/features/reading";
import { problemOf } from "@/lib/api/problem";
import type { StartedProps } from "./started";
import type { Versioned } from "./use-entity-form";
import { useSaved } from "./use-saved";

/** What an editor is opened with. */
export interface Where {
  /** What is edited; undefined for something new. */
  id?: string | undefined;
  /** What something new begins as a copy of. */
  from?: string | undefined;
}

/** The page of one thing in the builder, or of a new one. */
export function EditorOf<View extends Versioned>({
  reader,
  form: Form,
  status,
  id,
  from,
}: Where & {
  reader: Reader<View>;
  form: ComponentType<StartedProps<View>>;
  status?: (view: View) => ReactNode;
}) {
  const { entity, nameOf } = reader;
  const { one, title } = ENTITIES[entity];
  const author = useMay("author");
  const saved = useSaved(reader);
  const wanted = id ?? from;
  const found = useQuery({
    ...oneOf(reader, wanted ?? ""),
    enabled: wanted !== undefined,
  });
  const view = id && found.data ? found.data : null;
  const place = `/builder/${entity}/${id ?? (from ? `new?from=${from}` : "new")}`;

  return (
    <div className="space-y-4">
      <header className="space-y-1">
        <nav aria-label="Where this is">
          <ol className="flex flex-wrap items-center gap-1.5 text-ink-soft">
            <li>
              <Link href="/builder" className="inline-block py-0.5 underline-offset-2 hover:underline">
                Builder
              </Link>
            </li>
            <li aria-hidden>/</li>
            <li>
              <Link
                href={`/viewer/${entity}`}
                className="inline-block py-0.5 underline-offset-2 hover:underline"
              >
                {title}
              </Link>
            </li>
          </ol>
        </nav>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 tabIndex={-1} className="min-w-0">
            {id ? (view ? nameOf(view) : ENTITIES[entity].title.slice(0, -1)) : `New ${one}`}
          </h1>
          {view && status?.(view)}
          {view && (
            <div className="ml-auto flex gap-2">
              <Button asChild look="quiet">
                <Link href={`/viewer/${entity}/${view.id}`}>
                  <Eye aria-hidden />
                  Look at it
                </Link>
              </Button>
              {author && (
                <Button asChild look="quiet">
                  <Link href={`/builder/${entity}/new?from=${view.id}`}>
                    <Copy aria-hidden />
                    Duplicate
                  </Link>
                </Button>
              )}
            </div>
          )}
        </div>
        {from && found.data && (
          <p className="text-ink-soft">A copy of {nameOf(found.data)}, which stays as it is.</p>
        )}
      </header>
      {wanted !== undefined && found.isError && !found.data ? (
        <Notice
          kind={problemOf(found.error).unreachable ? "warn" : "bad"}
          role="alert"
          title={`This ${one} cannot be shown`}
        >
          <p>{problemOf(found.error).message}</p>
          <Button size="sm" onClick={() => found.refetch()}>
            Try again
          </Button>
        </Notice>
      ) : wanted !== undefined && !found.data ? (
        <FormSkeleton />
      ) : (
        <Form
          key={place}
          view={view}
          original={id ? null : (found.data ?? null)}
          address={place}
          onSaved={saved}
        />
      )}
    </div>
  );
}

/** What is shown until a form is there. */
export function FormSkeleton() {
  return (
    <div aria-busy className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="space-y-4">
        <Skeleton className="h-64" />
        <Skeleton className="h-72" />
      </div>
      <Skeleton className="h-40" />
    </div>
  );
}
