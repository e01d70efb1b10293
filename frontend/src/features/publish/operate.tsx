"use client";

import { useQueryClient } from "@tanstack/react-query";
import { RotateCw, X } from "lucide-react";
import { useState } from "react";
import { newKey } from "@/components/form/once";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { api, got } from "@/lib/api/browser";
import { type Problem, problemOf } from "@/lib/api/problem";
import type { Account } from "./state";

/** What operators can do with a publication that has not ended. */
export function Operate({ account, heard }: { account: Account; heard: (account: Account) => void }) {
  const operator = useMay("operator");
  const client = useQueryClient();
  const [busy, setBusy] = useState<"retry" | "cancel" | null>(null);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [key, setKey] = useState(newKey);
  const stuck = account.status === "STUCK";
  const path = { id: account.id };

  async function act(what: "retry" | "cancel") {
    setBusy(what);
    setProblem(null);
    setAsking(false);
    try {
      heard(
        what === "retry"
          ? await got(
              api.POST("/api/publications/{id}/retry", {
                params: { path, header: { "Idempotency-Key": key } },
              }),
            )
          : await got(api.POST("/api/publications/{id}/cancel", { params: { path } })),
      );
      setKey(newKey());
      void client.invalidateQueries({ queryKey: ["publications"] });
    } catch (thrown) {
      const found = problemOf(thrown);
      setProblem(found);
      if (!found.unreachable) setKey(newKey());
    }
    setBusy(null);
  }

  if (!operator) {
    if (!stuck) return null;
    return (
      <p className="text-ink-soft">
        Somebody with the role operator can have it tried again, or give it up. Tell them the publication's
        id.
      </p>
    );
  }
  return (
    <div className="space-y-2 pt-1">
      <div className="flex flex-wrap gap-2">
        {stuck && (
          <Button
            look="primary"
            busy={busy === "retry"}
            disabled={busy !== null}
            onClick={() => act("retry")}
          >
            <RotateCw aria-hidden />
            Try again
          </Button>
        )}
        <Button
          look={stuck ? "danger" : "secondary"}
          busy={busy === "cancel"}
          disabled={busy !== null}
          onClick={() => setAsking(true)}
        >
          <X aria-hidden />
          Give it up
        </Button>
      </div>
      <div role="alert">
        {problem && (
          <Notice kind="bad" title="That was not done">
            <p className="text-ink">{problem.message}</p>
            {problem.traceId && <p className="text-xs text-ink-soft">Trace id {problem.traceId}</p>}
          </Notice>
        )}
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Give this publication up?"
        description="What was prepared is undone, and the draft can be changed again. This cannot be taken back."
      >
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => setAsking(false)}>Keep it going</Button>
          <Button look="danger" onClick={() => act("cancel")}>
            Give it up
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
