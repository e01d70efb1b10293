"use client";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

/** A fault of ours on a page. `digest` is under which it stands in the log of the server. */
export function Fault({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <div className="mx-auto grid max-w-xl gap-4 px-4 py-10">
      <h1 tabIndex={-1}>This page cannot be shown</h1>
      <Notice kind="bad" role="alert" title="That is a fault of ours.">
        <p>Nothing that is saved is lost. Trying again often helps.</p>
        {error.digest && (
          <p className="text-xs">
            If it stays, tell the operators this number: <span className="font-mono">{error.digest}</span>
          </p>
        )}
      </Notice>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => retry()}>
          Try again
        </Button>
        <Button asChild>
          <a href="/store">To the store</a>
        </Button>
      </div>
    </div>
  );
}
