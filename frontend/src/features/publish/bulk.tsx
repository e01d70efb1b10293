"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleX, Rocket } from "lucide-react";
import { useId, useRef, useState } from "react";
import { MultiSelect } from "@/components/form/multi-select";
import { newKey } from "@/components/form/once";
import { MOST_FOUND, type Option } from "@/components/form/options";
import { Link } from "@/components/shell/link";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { contentOf } from "@/features/offering/words";
import { api, got } from "@/lib/api/browser";
import { type FieldProblem, type Problem, problemOf } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";
import { fieldPlace } from "./outcome";
import { isFinal, type Progress } from "./state";
import { ProgressBadge } from "./status";

type Offering = components["schemas"]["OfferingView"];

/** Offerings of one request: as many as the platform takes. */
const MOST = 100;

/** What became of one of many: it is being published, or why it is not. */
type Outcome = { id: string; name: string } & (
  | { publicationId: string }
  | { message: string; errors: readonly FieldProblem[] }
);

/** Choose drafts, publish them at once, and see what becomes of each. */
export function Bulk() {
  const id = useId();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<string[]>([]);
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  /** The drafts as they were seen: it is these versions that are published. */
  const seen = useRef(new Map<string, Offering>());

  async function search(text: string): Promise<Option[]> {
    const query = {
      status: "DRAFT" as const,
      sort: "-modifiedAt",
      size: MOST_FOUND,
      ...(text ? { name: `~${text}` } : {}),
    };
    const { items } = await got(api.GET("/api/offerings", { params: { query } }));
    for (const one of items) seen.current.set(one.id, one);
    return items.map(optionOf);
  }

  const source = {
    entity: "drafts",
    search,
    find: async (ids: readonly string[]) =>
      ids.flatMap((one) => {
        const found = seen.current.get(one);
        return found ? [optionOf(found)] : [];
      }),
  };

  function choose(ids: string[]) {
    setChosen(ids);
    setProblem(null);
    key.current = newKey(); // another question
  }

  async function publish() {
    const offerings = chosen.flatMap((one) => {
      const version = seen.current.get(one)?.version;
      return version === undefined ? [] : [{ id: one, version }];
    });
    setBusy(true);
    setProblem(null);
    try {
      const header = { "Idempotency-Key": key.current };
      const { items } = await got(api.POST("/api/publications", { params: { header }, body: { offerings } }));
      setOutcomes(items.map((one) => outcomeOf(one, seen.current.get(one.id))));
      choose([]);
      void client.invalidateQueries({ queryKey: ["publications"] });
      void client.invalidateQueries({ queryKey: ["offerings"] });
      void client.invalidateQueries({ queryKey: ["drafts"] });
    } catch (thrown) {
      const found = problemOf(thrown);
      setProblem(found);
      if (!found.unreachable) key.current = newKey();
    }
    setBusy(false);
  }

  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid grid-cols-1 gap-1">
        <label htmlFor={id} className="font-medium">
          Drafts
        </label>
        <MultiSelect
          control={{ id, "aria-describedby": `${id}-hint` }}
          label="drafts"
          source={source}
          value={chosen}
          onChange={choose}
          most={MOST}
          placeholder="Search by name…"
        />
        <p id={`${id}-hint`} className="text-xs text-ink-soft">
          Offerings that were never published, up to {MOST} at once. Changes of what is live are published one
          by one, from their own page.
        </p>
      </div>
      <Button
        look="primary"
        className="justify-self-start"
        busy={busy}
        disabled={chosen.length === 0}
        onClick={publish}
      >
        <Rocket aria-hidden />
        {chosen.length === 0 ? "Publish" : `Publish ${chosen.length}`}
      </Button>
      <div role="alert">
        {problem && (
          <Notice kind="bad" title="Not published">
            <p className="text-ink">
              {problem.unreachable
                ? "No answer came, so nobody knows whether it was begun. Publish once more: none is published twice."
                : problem.message}
            </p>
            {problem.traceId && <p className="text-xs text-ink-soft">Trace id {problem.traceId}</p>}
          </Notice>
        )}
      </div>
      {outcomes && <Outcomes outcomes={outcomes} />}
    </div>
  );
}

/** What becomes of each, one line each, until all have ended. */
function Outcomes({ outcomes }: { outcomes: readonly Outcome[] }) {
  const begun = outcomes.flatMap((one) => ("publicationId" in one ? [one.publicationId] : []));
  const states = useProgress(begun);
  const count = (wanted: Progress) => begun.filter((one) => states.get(one) === wanted).length;
  const refused = outcomes.length - begun.length;
  const ends = [
    [count("PUBLISHED"), "published"],
    [count("REJECTED"), "rejected"],
    [count("STUCK"), "stuck"],
    [refused, "refused at once"],
  ] as const;
  const words = [
    `${begun.length} of ${outcomes.length} begun`,
    ...ends.filter(([of]) => of > 0).map((one) => one.join(" ")),
  ];
  return (
    <section aria-label="What became of each" className="grid grid-cols-1 gap-2">
      <p role="status" className="font-medium">
        {words.join(", ")}.
      </p>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {outcomes.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 px-3 py-2">
            {"publicationId" in one ? (
              <>
                <Link href={`/publish/${one.publicationId}`} className="min-w-0 py-0.5 text-accent underline">
                  {one.name}
                </Link>
                <ProgressBadge of={states.get(one.publicationId) ?? "REQUESTED"} />
              </>
            ) : (
              <div className="min-w-0">
                <p className="flex items-center gap-1.5 font-medium text-bad">
                  <CircleX aria-hidden className="size-4 shrink-0" />
                  {one.name}: refused
                </p>
                <p>{one.message}</p>
                {one.errors.map(({ pointer, message }) => (
                  <p key={pointer + message}>
                    <Link
                      href={fieldPlace(one.id, pointer)}
                      className="inline-block py-0.5 text-accent underline"
                    >
                      {message}
                    </Link>
                  </p>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How far publications are that were requested just now: one question for all of them, until all have ended. */
function useProgress(ids: readonly string[]): ReadonlyMap<string, Progress> {
  const { data } = useQuery({
    queryKey: ["publications", "bulk", ids],
    queryFn: async ({ signal }) => {
      const found = new Map<string, Progress>();
      for (let page = 1; page <= 3 && found.size < ids.length; page += 1) {
        const query = { sort: "-requestedAt", size: 100, page };
        const answer = await got(api.GET("/api/publications", { params: { query }, signal }));
        for (const one of answer.items) if (ids.includes(one.id)) found.set(one.id, one.status);
        if (!answer.next) break;
      }
      return found;
    },
    enabled: ids.length > 0,
    refetchInterval: ({ state: { data: known } }) =>
      ids.every((one) => isFinal(known?.get(one) ?? "REQUESTED")) ? false : 1_000,
    placeholderData: (before) => before,
  });
  return data ?? new Map();
}

const optionOf = (one: Offering): Option => ({ id: one.id, name: contentOf(one).name, detail: one.key });

export function outcomeOf(
  told: components["schemas"]["OutcomeView"],
  offering: Offering | undefined,
): Outcome {
  const one = { id: told.id, name: offering ? contentOf(offering).name : told.id };
  if (told.publicationId) return { ...one, publicationId: told.publicationId };
  const { detail, errors } = (told.problem ?? {}) as Partial<components["schemas"]["Problem"]>;
  return { ...one, message: detail ?? `The platform answered ${told.status}.`, errors: errors ?? [] };
}
