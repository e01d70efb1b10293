import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "./glyphs";

const KINDS = {
  info: { icon: Info, look: "border-line bg-sunken text-ink" },
  good: { icon: CircleCheck, look: "border-good/40 bg-good-soft text-good" },
  warn: { icon: TriangleAlert, look: "border-warn/40 bg-warn-soft text-warn" },
  bad: { icon: CircleAlert, look: "border-bad/40 bg-bad-soft text-bad" },
} as const;

/** A message that stays where it is: what is the matter, and what to do. `role` is for those that appear later. */
export function Notice({
  kind = "info",
  title,
  children,
  role,
  className,
}: {
  kind?: keyof typeof KINDS;
  title?: ReactNode;
  children?: ReactNode;
  role?: "alert" | "status";
  className?: string;
}) {
  const { icon: Icon, look } = KINDS[kind];
  return (
    <div role={role} className={cn("flex gap-2.5 rounded-lg border px-3 py-2.5", look, className)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 space-y-1">
        {title && <p className="font-medium">{title}</p>}
        {children}
      </div>
    </div>
  );
}
