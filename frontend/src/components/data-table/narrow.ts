"use client";

import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 639.98px)";

/** Whether there is no room for a table: rows are cards then. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(NARROW);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => window.matchMedia(NARROW).matches,
    () => false,
  );
}
