"use client";

import { RotateCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Copy } from "@/components/ui/copy";
import { Notice } from "@/components/ui/notice";
import { problemOf } from "@/lib/api/problem";

/** Why something could not be read, how it is found again in the logs, and another try. */
export function Trouble({
  error,
  again,
  busy = false,
  stale = false,
}: {
  error: unknown;
  again: () => void;
  busy?: boolean;
  /** What is shown is what was read before. */
  stale?: boolean;
}) {
  const { message, traceId } = problemOf(error);
  return (
    <Notice
      kind={stale ? "warn" : "bad"}
      role="alert"
      title={stale ? "This may be out of date" : "This could not be loaded"}
    >
      <p className="text-ink">{message}</p>
      {traceId && (
        <p className="flex flex-wrap items-center gap-1 text-xs text-ink-soft">
          Trace id <code>{traceId}</code>
          <Copy text={traceId} label="Copy the trace id" />
        </p>
      )}
      <Button size="sm" className="mt-1 text-ink" busy={busy} onClick={again}>
        <RotateCw aria-hidden />
        Try again
      </Button>
    </Notice>
  );
}
