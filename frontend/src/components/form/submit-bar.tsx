"use client";

import { Check, CircleDot } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

/** Whether what is on the screen is saved, and the button that saves it: always in sight. */
export function SubmitBar({
  version,
  dirty,
  saving,
  label,
  children,
  sticky = true,
}: {
  /** The version that is saved; null for something new. */
  version: number | null;
  dirty: boolean;
  saving: boolean;
  label: string;
  children?: ReactNode;
  sticky?: boolean;
}) {
  const saved = version !== null && !dirty;
  const said = saving
    ? "Saving…"
    : saved
      ? `Saved, version ${version}`
      : version === null
        ? "Not saved yet"
        : "Changes not saved yet";
  return (
    <div
      className={cn(
        "flex flex-wrap items-center gap-x-3 gap-y-2 border-line bg-surface px-4 py-2.5",
        sticky
          ? "roomy:sticky bottom-0 z-20 rounded-t-lg border border-b-0 shadow-[0_-4px_12px_rgb(0_0_0/0.04)]"
          : "border-t px-0",
      )}
    >
      <p role="status" className="mr-auto flex items-center gap-1.5 text-ink-soft">
        {saved && !saving ? (
          <Check aria-hidden className="size-4 text-good" />
        ) : (
          <CircleDot aria-hidden className="size-4" />
        )}
        {said}
      </p>
      {children}
      <Button type="submit" look={saved ? "secondary" : "primary"} busy={saving} className="max-sm:h-11">
        {saving ? "Saving…" : label}
      </Button>
    </div>
  );
}
