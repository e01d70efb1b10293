"use client";

import NextLink, { useLinkStatus } from "next/link";
import { type ComponentProps, type ReactNode, useEffect, useSyncExternalStore } from "react";
import { cn } from "@/lib/cn";

/** What is on its way: links that were followed and searches that were sent. */
const waiting = new Set<symbol>();
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const useIsPending = () =>
  useSyncExternalStore(
    subscribe,
    () => waiting.size > 0,
    () => false,
  );

/** Note that something is on its way as long as that is so. */
export function usePending(pending: boolean) {
  useEffect(() => {
    if (!pending) return;
    const mine = Symbol("pending");
    waiting.add(mine);
    tell();
    return () => {
      waiting.delete(mine);
      tell();
    };
  }, [pending]);
}

/** A link of the store: without JavaScript one like any other, with it the page tells that it is being followed. */
export function StoreLink({ children, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink prefetch={false} {...rest}>
      {children}
      <Following />
    </NextLink>
  );
}

function Following() {
  usePending(useLinkStatus().pending);
  return null;
}

/** The bar on top that moves while something is on its way. */
export function PendingBar() {
  const pending = useIsPending();
  return (
    <div role="status" className="fixed inset-x-0 top-0 z-40 h-0.5">
      {pending && (
        <>
          <div className="h-full w-full animate-pulse bg-accent" />
          <span className="sr-only">Loading</span>
        </>
      )}
    </div>
  );
}

/** What is replaced when an answer comes: dimmed until then. */
export function Replaced({ className, children }: { className?: string; children: ReactNode }) {
  const pending = useIsPending();
  return (
    <div
      aria-busy={pending || undefined}
      className={cn("transition-opacity", pending && "opacity-55", className)}
    >
      {children}
    </div>
  );
}
