"use client";

import { useQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { useEffect } from "react";
import { Link } from "@/components/shell/link";
import { Button } from "@/components/ui/button";
import { Copy } from "@/components/ui/copy";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { contentOf } from "@/features/offering/words";
import { api, got } from "@/lib/api/browser";
import type { Problem } from "@/lib/api/problem";
import { Operate } from "./operate";
import { Outcome } from "./outcome";
import { Process } from "./process";
import { type Account, type Contact, isFinal, isSlow } from "./state";
import { ProgressBadge } from "./status";
import { Timeline } from "./timeline";
import { useNow } from "./use-now";
import { useWatch } from "./use-watch";
import { announcement, duration } from "./words";

/** How far a publication is, as it happens. All that it knows it has by the id, which is in the address. */
export function Publication({ id }: { id: string }) {
  const watched = useWatch(id);
  const { account, contact, ahead } = watched;
  const running = account !== null && !isFinal(account.status);
  const now = useNow(running);
  const offering = useOffering(account?.offeringId, account?.status);
  const name = offering ? contentOf(offering).name : (account?.offeringKey ?? "");

  useEffect(() => {
    if (name) document.title = `Publication of ${name} · Catalog`;
  }, [name]);

  const missing = contact.kind === "refused" && contact.problem.status === 404 && !account;
  return (
    <div className="grid grid-cols-1 gap-5">
      <div className="grid grid-cols-1 gap-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 tabIndex={-1} className="min-w-0">
            {name ? `Publication of ${name}` : "Publication"}
          </h1>
          {account && <ProgressBadge of={account.status} />}
        </div>
        {account && <Facts account={account} now={now + ahead} />}
        {!missing && (
          <ContactNotice contact={contact} ended={account !== null && !running} again={watched.again} />
        )}
      </div>
      <p role="status" className="sr-only">
        {account && announcement(account)}
      </p>
      {missing ? (
        <Empty
          icon={SearchX}
          title="There is no such publication"
          action={
            <Button asChild>
              <Link href="/publish">All publications</Link>
            </Button>
          }
        >
          The address may be mistyped.
        </Empty>
      ) : account ? (
        <>
          <Outcome
            account={account}
            name={name}
            offering={offering}
            slow={isSlow(watched, now)}
            help={running && <Operate account={account} heard={watched.heard} />}
          />
          {account.note && <Notice>{account.note}</Notice>}
          {account.steps && account.steps.length > 0 ? (
            <div className="rounded-lg border border-line bg-surface p-4">
              <Timeline steps={account.steps} now={now + ahead} />
            </div>
          ) : (
            !account.note && <p className="text-ink-soft">Nobody has kept the steps of this publication.</p>
          )}
          <Process account={account} />
        </>
      ) : (
        contact.kind === "looking" && (
          <div className="grid grid-cols-1 gap-4">
            <Skeleton className="h-24" />
            <Skeleton className="h-64" />
          </div>
        )
      )}
    </div>
  );
}

function Facts({ account, now }: { account: Account; now: number }) {
  const { id, offeringId, offeringKey, offeringVersion, requestedAt, requestedBy, endedAt } = account;
  const end = endedAt ? Date.parse(endedAt) : now;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-soft">
      <span>
        <Link href={`/viewer/offerings/${offeringId}`} className="text-accent underline">
          {offeringKey}
        </Link>
        , version {offeringVersion}
      </span>
      <span>
        requested by <span className="text-ink">{requestedBy}</span>, <Time at={requestedAt} />
      </span>
      <span className="tabular">
        {endedAt ? "took" : "for"} {duration(end - Date.parse(requestedAt))}
      </span>
      <span className="inline-flex min-w-0 items-center gap-1">
        <span className="shrink-0">Id</span>
        <code className="text-xs">{id}</code>
        <Copy text={id} label="Copy the id of this publication" />
      </span>
    </div>
  );
}

/** That nobody tells how it goes: never that it goes badly. */
function ContactNotice({ contact, ended, again }: { contact: Contact; ended: boolean; again: () => void }) {
  return (
    <div role="status" className="not-empty:mt-3">
      {contact.kind === "lost" && !ended && (
        <Notice kind="warn" title="Lost contact, retrying">
          <p className="text-ink">
            The publication goes on by itself; only how far it is cannot be seen right now. What is below is
            what was seen last.
          </p>
          <Trace problem={contact.problem} />
        </Notice>
      )}
      {contact.kind === "refused" && (
        <Notice
          kind="warn"
          title={contact.problem.status === 401 ? "You are signed out" : "This may not be looked at"}
        >
          <p className="text-ink">
            {contact.problem.status === 401
              ? "The publication goes on by itself. Sign in to see how far it is."
              : contact.problem.message}
          </p>
          <Trace problem={contact.problem} />
          <Button size="sm" className="text-ink" onClick={again}>
            Look again
          </Button>
        </Notice>
      )}
    </div>
  );
}

function Trace({ problem: { traceId } }: { problem: Problem }) {
  if (!traceId) return null;
  return (
    <p className="flex flex-wrap items-center gap-1 text-xs text-ink-soft">
      Trace id <code>{traceId}</code>
      <Copy text={traceId} label="Copy the trace id" />
    </p>
  );
}

/** The offering itself: its name, and where its problems lead. Anew when the publication has come further. */
function useOffering(id: string | undefined, status: string | undefined) {
  const { data } = useQuery({
    queryKey: ["offerings", "one", id, status],
    queryFn: ({ signal }) =>
      got(api.GET("/api/offerings/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== undefined,
    placeholderData: (before) => before,
  });
  return data;
}
