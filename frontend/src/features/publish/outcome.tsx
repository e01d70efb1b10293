"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowRight, CircleCheck, Hand, LoaderCircle, type LucideIcon, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "@/components/shell/link";
import { Button } from "@/components/ui/button";
import { api, got } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";
import { cn } from "@/lib/cn";
import type { Account } from "./state";

type Offering = components["schemas"]["OfferingView"];
type Problem = Account["problems"][number];

const KINDS = {
  PUBLISHED: { icon: CircleCheck, ink: "text-good", look: "border-good bg-good-soft" },
  REJECTED: { icon: Undo2, ink: "text-bad", look: "border-bad bg-bad-soft" },
  STUCK: { icon: Hand, ink: "text-warn", look: "border-warn bg-warn-soft" },
} as const;

/** What came out, in words of its own for each end, and what to do next; how it goes on while there is none. */
export function Outcome({
  account,
  name,
  offering,
  slow,
  help,
}: {
  account: Account;
  name: string;
  offering: Offering | undefined;
  slow: boolean;
  /** What an operator can do about it. */
  help: ReactNode;
}) {
  switch (account.status) {
    case "PUBLISHED":
      return (
        <Box kind="PUBLISHED" title={`${name} is published`}>
          <p>{account.nextAction}</p>
          <InStore account={account} />
        </Box>
      );
    case "REJECTED":
      return (
        <Box kind="REJECTED" title={`${name} was not published`}>
          <p>
            {account.problems.length === 0 && account.cause?.message} {account.nextAction}
          </p>
          <Problems account={account} offering={offering} />
          <Button asChild look="primary">
            <Link href={`/builder/offerings/${account.offeringId}`}>
              Open the draft
              <ArrowRight aria-hidden />
            </Link>
          </Button>
        </Box>
      );
    case "STUCK":
      return (
        <Box kind="STUCK" title="It is stuck and needs help">
          <p>It has neither failed nor succeeded. {account.nextAction}</p>
          {help}
        </Box>
      );
    default:
      return (
        <div className="flex gap-3 rounded-lg border border-line bg-surface p-4">
          <LoaderCircle aria-hidden className="mt-0.5 size-5 shrink-0 animate-spin text-accent" />
          <div className="min-w-0 space-y-1">
            <p className="font-medium">
              {account.status === "REQUESTED" ? "Waiting for its beginning" : `${name} is being published`}
            </p>
            <p>{account.nextAction}</p>
            {slow && <p className="font-medium text-warn">This takes longer than usual. It still goes on.</p>}
            <p className="text-ink-soft">
              It goes on by itself: you can close this page, and find it again at this address.
            </p>
            {help}
          </div>
        </div>
      );
  }
}

function Box({ kind, title, children }: { kind: keyof typeof KINDS; title: string; children: ReactNode }) {
  const { icon: Icon, ink, look } = KINDS[kind] satisfies { icon: LucideIcon; ink: string; look: string };
  return (
    <section className={cn("flex gap-3 rounded-lg border p-4", look)}>
      <Icon aria-hidden className={cn("mt-0.5 size-6 shrink-0", ink)} />
      <div className="min-w-0 flex-1 space-y-2">
        <h2 className={ink}>{title}</h2>
        {children}
      </div>
    </section>
  );
}

/** The problems, each with the way to the field that it is about. */
function Problems({ account, offering }: { account: Account; offering: Offering | undefined }) {
  if (!account.problems.length) return null;
  return (
    <ul className="grid grid-cols-1 gap-2">
      {account.problems.map((one) => {
        const priceId = priceOf(one, offering);
        return (
          <li
            key={one.pointer + one.code + one.message}
            className="rounded-md border border-line bg-surface px-3 py-2"
          >
            <p>{one.message}</p>
            <p className="flex flex-wrap gap-x-4">
              <Way href={fieldPlace(account.offeringId, one.pointer)}>Mend it: {fieldName(one.pointer)}</Way>
              {priceId && <Way href={`/builder/prices/${priceId}`}>Open the price</Way>}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function Way({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="inline-flex min-h-6 items-center gap-1 font-medium text-accent underline">
      {children}
    </Link>
  );
}

/** The form of the draft, and which of its fields: "/draft/priceIds/0" is `?field=priceIds.0`. */
export function fieldPlace(offeringId: string, pointer: string): string {
  const name = pointer
    .replace(/^\/draft(?=\/|$)/, "")
    .split("/")
    .slice(1)
    .map(unescaped)
    .join(".");
  const place = `/builder/offerings/${offeringId}`;
  return name ? `${place}?field=${encodeURIComponent(name)}` : place;
}

const FIELDS: Record<string, string> = {
  priceIds: "prices",
  specificationId: "specification",
  validFor: "on sale",
  imageUrl: "image",
};

function fieldName(pointer: string): string {
  const [first = "", second] = pointer
    .replace(/^\/draft(?=\/|$)/, "")
    .split("/")
    .slice(1)
    .map(unescaped);
  if (first === "values" && second) return second;
  return FIELDS[first] ?? (first || "the draft");
}

const unescaped = (step: string) => step.replaceAll("~1", "/").replaceAll("~0", "~");

/** The price that a problem is about, when it is about one. */
function priceOf({ pointer, code }: Problem, offering: Offering | undefined): string | null {
  const found = /^\/draft\/priceIds\/([0-9]+)$/.exec(pointer);
  if (!found || code === "PRICE_MISSING") return null;
  return offering?.draft?.priceIds?.[Number(found[1])] ?? null;
}

/** The way to the live offering, once shoppers see it. */
function InStore({ account: { offeringKey: key, id, endedAt } }: { account: Account }) {
  const fresh = Date.now() - Date.parse(endedAt ?? "") < 60_000;
  const entry = useQuery({
    queryKey: ["store", "one", key, id],
    queryFn: ({ signal }) =>
      got(api.GET("/api/store/offerings/{key}", { params: { path: { key } }, signal })),
    retry: (failures, error) => fresh && problemOf(error).status === 404 && failures < 20,
    retryDelay: 500,
  });
  if (entry.isPending) return <p className="text-ink-soft">Looking for it in the store…</p>;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button asChild look="primary">
        <Link href={`/store/${key}`}>
          See it in the store
          <ArrowRight aria-hidden />
        </Link>
      </Button>
      {entry.isError && <p className="text-ink-soft">{notThere(problemOf(entry.error).status)}</p>}
    </div>
  );
}

const notThere = (status: number) =>
  status === 404 || status === 410
    ? "Shoppers do not see it now: it may not be on sale yet, not any more, or be retired."
    : "Whether shoppers see it already could not be found out.";
