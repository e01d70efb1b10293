"use client";

import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { cn } from "@/lib/cn";

/** Puts a text into the clipboard, and says so where it was asked. `label` says what: "Copy the id of Colour". */
export function Copy({ text, label, className }: { text: string; label: string; className?: string }) {
  const [done, setDone] = useState(false);

  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2_000);
    return () => clearTimeout(timer);
  }, [done]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      toast.error(`This browser does not let it be copied: ${text}`);
    }
  }

  const Icon = done ? Check : CopyIcon;
  return (
    <button
      type="button"
      onClick={copy}
      title={done ? "Copied" : label}
      className={cn(
        "inline-grid size-6 shrink-0 cursor-pointer place-items-center rounded-md text-ink-soft hover:bg-sunken hover:text-ink",
        className,
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      <span className="sr-only" aria-live="polite">
        {done ? "Copied" : label}
      </span>
    </button>
  );
}
