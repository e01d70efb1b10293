"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { type Problem, problemOf } from "@/lib/api/problem";
import { newKey } from "./once";

/** Something that can be done with a thing beside changing what it says. */
export interface Action {
  label: string;
  /** What follows from it: asked before it is done. */
  question: string;
  danger?: boolean;
  /** Why it is not possible now. */
  refused?: string | undefined;
  /** Do it. The key makes that once, however often it is sent. */
  run: (key: string) => Promise<void>;
}

/** Buttons for actions; each asks first, and says where it stands why it was refused. */
export function Actions({ entity, actions }: { entity: string; actions: readonly Action[] }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<{ action: Action; key: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function go() {
    if (!asked || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await asked.action.run(asked.key);
      setAsked(null);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    void client.invalidateQueries({ queryKey: [entity] });
    setBusy(false);
  }

  return (
    <>
      <ul className="space-y-2">
        {actions.map((action) => (
          <li key={action.label}>
            <Button
              look={action.danger ? "danger" : "secondary"}
              disabled={action.refused !== undefined}
              onClick={() => {
                setProblem(null);
                setAsked({ action, key: newKey() });
              }}
            >
              {action.label}
            </Button>
            {action.refused && <p className="mt-1 text-xs text-ink-soft">{action.refused}</p>}
          </li>
        ))}
      </ul>
      <Dialog
        open={asked !== null}
        onOpenChange={(open) => {
          if (!open) setAsked(null);
        }}
        title={`${asked?.action.label ?? ""}?`}
        description={asked?.action.question ?? ""}
      >
        <div role="alert">
          {problem && (
            <Notice kind={problem.unreachable ? "warn" : "bad"}>
              <p>{problem.message}</p>
              {problem.errors.map((one) => (
                <p key={one.pointer + one.message}>{one.message}</p>
              ))}
              {problem.traceId && (
                <p className="text-xs">
                  Trace id <code className="font-mono break-all select-all">{problem.traceId}</code>
                </p>
              )}
            </Notice>
          )}
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsked(null)}>Cancel</Button>
          <Button look={asked?.action.danger ? "danger" : "primary"} busy={busy} onClick={go}>
            {asked?.action.label}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
