"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { formatDateTime } from "@/lib/dates";
import type { Difference } from "./merge";

/** How fields are called, and how their values are read, where two versions are compared. */
export interface Wording {
  label: (name: string) => string;
  show?: (name: string, value: unknown) => ReactNode | undefined;
}

const nothing = <span className="text-ink-soft">nothing</span>;

function shown(value: unknown): ReactNode {
  if (value === undefined || value === null || value === "") return nothing;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    if (!value.length) return nothing;
    return (
      <ol className="list-decimal pl-4">
        {value.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: nothing here moves
          <li key={index}>
            {typeof one === "object"
              ? Object.values(one ?? {})
                  .filter(Boolean)
                  .join(" · ")
              : String(one)}
          </li>
        ))}
      </ol>
    );
  }
  return String(value);
}

/**
 * Somebody else has saved a newer version. Field by field: what it was, what they have made of it, and what is
 * here; where both have changed a field, one of the two is chosen. Nothing is saved by choosing.
 */
export function Conflict({
  who,
  when,
  found,
  wording,
  onSettle,
  onTheirs,
}: {
  who: string;
  when: string;
  found: readonly Difference[];
  wording: Wording;
  /** Go on with the newer version and these fields of mine. */
  onSettle: (keep: ReadonlySet<string>) => void;
  /** Go on with the newer version alone. */
  onTheirs: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const clashes = found.filter((one) => one.by === "both");
  const [keep, setKeep] = useState<ReadonlySet<string>>(new Set(clashes.map((one) => one.name)));
  useEffect(() => heading.current?.focus(), []);

  const mine = found.some((one) => one.by !== "them");
  return (
    <section
      aria-labelledby="conflict"
      className="min-w-0 space-y-4 rounded-lg border border-warn bg-surface p-4 sm:p-5"
    >
      <div>
        <h2 id="conflict" ref={heading} tabIndex={-1}>
          {who} has changed this meanwhile
        </h2>
        <p className="mt-0.5 text-ink-soft">
          On {formatDateTime(when)}. Nothing of yours is lost, and nothing is saved yet: choose what to go on
          with.
        </p>
      </div>
      {found.length === 0 ? (
        <Notice kind="good">Both of you have come to the same: there is nothing to choose.</Notice>
      ) : (
        <ul className="space-y-3">
          {found.map((one) => {
            const show = (value: unknown) => wording.show?.(one.name, value) ?? shown(value);
            const sides = [
              ["theirs", who, one.theirs],
              ["mine", "You", one.mine],
            ] as const;
            return (
              <li key={one.name} className="min-w-0 rounded-md border border-line">
                <p className="border-b border-line bg-sunken px-3 py-1.5">
                  <span className="font-medium">{wording.label(one.name)}</span>{" "}
                  <span className="text-ink-soft">
                    {one.by === "both"
                      ? "– both have changed it"
                      : one.by === "me"
                        ? "– only you have changed it, and it stays"
                        : `– only ${who} has changed it, and it stays`}
                  </span>
                </p>
                <div className="grid grid-cols-1 gap-3 p-3 sm:grid-cols-3">
                  <div className="min-w-0">
                    <p className="text-xs text-ink-soft">Before</p>
                    {show(one.before)}
                  </div>
                  {sides.map(([side, called, value]) => (
                    <div key={side} className="min-w-0">
                      {one.by === "both" ? (
                        <label className="flex min-h-6 cursor-pointer items-center gap-2 text-xs font-medium">
                          <input
                            type="radio"
                            name={`conflict-${one.name}`}
                            className="size-4 accent-accent"
                            checked={keep.has(one.name) === (side === "mine")}
                            onChange={() => {
                              const next = new Set(keep);
                              if (side === "mine") next.add(one.name);
                              else next.delete(one.name);
                              setKeep(next);
                            }}
                          />
                          {called}
                        </label>
                      ) : (
                        <p className="text-xs text-ink-soft">{called}</p>
                      )}
                      {show(value)}
                    </div>
                  ))}
                </div>
              </li>
            );
          })}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => onSettle(keep)}>
          {clashes.length ? "Go on with what is chosen" : mine ? "Keep mine" : "Go on"}
        </Button>
        {mine && <Button onClick={onTheirs}>Take theirs, and drop all of mine</Button>}
      </div>
    </section>
  );
}
