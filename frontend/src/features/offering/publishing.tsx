"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useId, useRef, useState } from "react";
import { focusNearest, Panel } from "@/components/form/kit";
import { newKey } from "@/components/form/once";
import { type Fault, nameOf } from "@/components/form/pointers";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { api, got, ifMatch } from "@/lib/api/browser";
import { type FieldProblem, Problem, problemOf } from "@/lib/api/problem";
import type { OfferingView } from "./schema";

/** What is in the way, by the names of fields. That something is missing everybody says who is asked: once will do. */
export function faultsOf(problems: readonly FieldProblem[]): Fault[] {
  const found = problems.map(({ pointer, message }) => ({
    name: nameOf(pointer).replace(/^draft\./, ""),
    message,
  }));
  const whole = new Set(["specificationId", "priceIds"]);
  return found.filter(
    ({ name }, index) => !whole.has(name) || found.findIndex((one) => one.name === name) === index,
  );
}

const preflightKey = (view: OfferingView | null) => ["preflight", view?.id, view?.version];

const askPreflight = (id: string) =>
  got(api.POST("/api/offerings/{id}/preflight", { params: { path: { id } } }));

/** Whether what is saved could be published. Only a draft can. */
export function usePreflight(view: OfferingView | null) {
  const author = useMay("author");
  return useQuery({
    queryKey: preflightKey(view),
    queryFn: () => askPreflight(view?.id ?? ""),
    enabled: author && view?.draft != null && view.status !== "PUBLISHING",
    staleTime: 0,
    retry: false,
  });
}

export function Preflight({
  view,
  dirty,
  form,
  faults,
}: {
  view: OfferingView;
  dirty: boolean;
  form: string;
  faults: readonly Fault[];
}) {
  const preflight = usePreflight(view);
  if (!view.draft || view.status === "PUBLISHING") return null;
  return (
    <Panel title="Ready to publish?">
      <div role="status" className="space-y-2">
        {preflight.isPending ? (
          <Skeleton className="h-12" />
        ) : preflight.isError ? (
          <Notice kind="warn">{problemOf(preflight.error).message}</Notice>
        ) : preflight.data.publishable ? (
          <Notice kind="good">Nothing is in the way.</Notice>
        ) : (
          <>
            <p className="font-medium text-warn">
              {faults.length === 1 ? "One thing is" : `${faults.length} things are`} in the way
            </p>
            <ul className="list-disc space-y-1 pl-4">
              {faults.map(({ name, message }) => (
                <li key={name + message}>
                  <a
                    href={`#${form}.${name}`}
                    className="underline underline-offset-2"
                    onClick={(event) => {
                      event.preventDefault();
                      focusNearest(form, name, "name");
                    }}
                  >
                    {message}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" busy={preflight.isFetching} onClick={() => preflight.refetch()}>
          Check again
        </Button>
        <span className="text-xs text-ink-soft">
          {dirty ? `As saved in version ${view.version}, without your changes.` : `Version ${view.version}`}
        </span>
      </div>
    </Panel>
  );
}

export function PublishButton({
  view,
  dirty,
  refuse,
}: {
  view: OfferingView;
  dirty: boolean;
  refuse: (problem: Problem) => void;
}) {
  const publisher = useMay("publisher");
  const client = useQueryClient();
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const attempt = useRef({ version: 0, key: "" });
  const reason = useId();
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (window.location.hash === "#publish") button.current?.focus(); // who came to publish; the form came later
  }, []);

  const refused = !view.draft
    ? "There is no draft to publish."
    : dirty
      ? "Save your changes, then publish them."
      : !publisher
        ? "Publishing needs the role publisher."
        : undefined;

  async function publish() {
    if (busy) return;
    setBusy(true);
    // One key for each version: whoever clicks twice, or again after a lost answer, publishes once.
    if (attempt.current.version !== view.version) attempt.current = { version: view.version, key: newKey() };
    const header = { "if-match": ifMatch(view.version), "Idempotency-Key": attempt.current.key };
    try {
      const verdict = await client.fetchQuery({
        queryKey: preflightKey(view),
        queryFn: () => askPreflight(view.id),
        staleTime: 0,
      });
      if (verdict.publishable) {
        const made = await got(
          api.POST("/api/offerings/{id}/publish", { params: { path: { id: view.id }, header } }),
        );
        void client.invalidateQueries({ queryKey: ["offerings"] });
        router.push(`/publish/${made.id}`);
        return;
      }
      refuse(
        new Problem({
          status: 409,
          code: "not_publishable",
          detail: "This cannot be published as it is.",
          errors: verdict.problems.map((one) => ({
            ...one,
            pointer: one.pointer.replace(/^\/draft/, ""),
          })),
        }),
      );
    } catch (thrown) {
      refuse(problemOf(thrown));
      void client.invalidateQueries({ queryKey: ["offerings", "one", view.id] });
    }
    setBusy(false);
  }

  return (
    <>
      {refused && (
        <span id={reason} className="text-xs text-ink-soft">
          {refused}
        </span>
      )}
      <Button
        ref={button}
        id="publish"
        look={refused ? "secondary" : "primary"}
        busy={busy}
        aria-disabled={refused !== undefined || undefined}
        aria-describedby={refused && reason}
        className={refused ? "opacity-60" : ""}
        onClick={() => {
          if (!refused) void publish();
        }}
      >
        <Rocket aria-hidden />
        Publish
      </Button>
    </>
  );
}
