"use client";

import { Undo2 } from "lucide-react";
import { cn } from "@/lib/cn";
import { formatExact } from "@/lib/dates";
import type { Step } from "./state";
import { StateIcon, stateInk, stateWord } from "./status";
import { attempt, clock, duration, isUndo, STEPS, sentence } from "./words";

/** The steps of a publication; what undoes them is a path of its own, which leads back. `now` is the platform's. */
export function Timeline({ steps, now }: { steps: readonly Step[]; now: number }) {
  const there = steps.filter((one) => !isUndo(one));
  const back = steps.filter(isUndo);
  return (
    <div className={cn("grid grid-cols-1 gap-6", back.length > 0 && "lg:grid-cols-2")}>
      <section aria-labelledby="steps" className="min-w-0">
        <h2 id="steps" className="mb-3">
          Steps
        </h2>
        <Path steps={there} now={now} />
      </section>
      {back.length > 0 && (
        <section
          aria-labelledby="undoing"
          className="min-w-0 rounded-lg border border-dashed border-line-strong bg-sunken p-4"
        >
          <h2 id="undoing" className="flex items-center gap-2">
            <Undo2 aria-hidden className="size-5" />
            The way back
          </h2>
          <p className="mt-0.5 mb-3 text-ink-soft">
            What was prepared is undone, so that all is as it was before.
          </p>
          <Path steps={back} now={now} back />
        </section>
      )}
    </div>
  );
}

function Path({ steps, now, back = false }: { steps: readonly Step[]; now: number; back?: boolean }) {
  return (
    <ol>
      {steps.map((step, at) => (
        <li key={step.name} className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3">
          <div className="flex flex-col items-center">
            {back && step.state === "DONE" ? (
              <Undo2 aria-hidden className="size-5 text-ink-soft" />
            ) : (
              <StateIcon of={step.state} />
            )}
            {at < steps.length - 1 && (
              <div
                className={cn(
                  "my-1 w-0 flex-1 border-l-2",
                  back ? "border-dashed border-line-strong" : "border-line",
                )}
              />
            )}
          </div>
          <StepText step={step} now={now} />
        </li>
      ))}
    </ol>
  );
}

function StepText({ step, now }: { step: Step; now: number }) {
  const { name, title, state, startedAt, endedAt, problem } = step;
  const tried = attempt(step);
  const passive = state === "WAITING" || state === "SKIPPED";
  const facts = [
    STEPS[name]?.service,
    tried !== null && `attempt ${tried}`,
    startedAt && (
      <>
        began{" "}
        <time dateTime={startedAt} title={formatExact(startedAt)}>
          {clock(startedAt)}
        </time>
      </>
    ),
    startedAt &&
      (endedAt ? `took ${elapsed(startedAt, Date.parse(endedAt))}` : `for ${elapsed(startedAt, now)}`),
  ].filter(Boolean);
  return (
    <div className={cn("min-w-0 pb-4", passive && "text-ink-soft")}>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{title}</span>
        <span className={cn("text-xs font-medium", stateInk(state))}>{stateWord(state)}</span>
      </p>
      <p className="text-ink-soft">{sentence(step)}</p>
      {problem && (
        <p
          className={cn(
            "mt-1 border-l-2 pl-2",
            state === "FAILED" || state === "TIMED_OUT" ? "border-bad" : "border-warn",
          )}
        >
          {state === "DONE" && <span className="text-ink-soft">Before it succeeded: </span>}
          {problem}
        </p>
      )}
      <p className="tabular mt-0.5 text-xs text-ink-soft">
        {facts.map((fact, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no names, and stay where they are
          <span key={at}>
            {at > 0 && " · "}
            {fact}
          </span>
        ))}
      </p>
    </div>
  );
}

const elapsed = (from: string, to: number) => duration(to - Date.parse(from));
