"use client";

import { buttonLook } from "@/components/ui/button-look";

/** A fault of ours on a page. It comes with every page, so it is made of little. */
export function Fault({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  "use no memo";
  return (
    <div className="mx-auto grid max-w-xl grid-cols-1 gap-4 px-4 py-10">
      <h1 tabIndex={-1}>This page cannot be shown</h1>
      <div
        role="alert"
        className="space-y-1 rounded-lg border border-bad/40 bg-bad-soft px-3 py-2.5 text-bad"
      >
        <p className="font-medium">That is a fault of ours.</p>
        <p>Nothing that is saved is lost. Trying again often helps.</p>
        {error.digest && (
          <p className="text-xs">
            If it stays, tell the operators this number: <span className="font-mono">{error.digest}</span>
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        <button type="button" className={buttonLook("primary")} onClick={() => retry()}>
          Try again
        </button>
        <a href="/store" className={buttonLook()}>
          To the store
        </a>
      </div>
    </div>
  );
}
