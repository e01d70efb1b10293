import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const FIELD =
  "w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-ink placeholder:text-ink-soft " +
  "aria-invalid:border-bad disabled:opacity-60";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(FIELD, "h-9 read-only:bg-sunken", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(FIELD, "min-h-20 py-2 read-only:bg-sunken", className)} {...rest} />;
}

export function NativeSelect({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cn(FIELD, "h-9 pr-7", className)} {...rest} />;
}
