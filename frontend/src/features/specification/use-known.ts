"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { characteristicsWith } from "@/features/characteristic/reader";
import type { Known } from "./schema";

/** The characteristics with these ids, as they are now; those that are asked for still are not in it yet. */
export function useKnown(ids: readonly string[]) {
  const wanted = [...new Set(ids)].filter(Boolean).sort();
  const found = useQuery({
    ...characteristicsWith(wanted),
    placeholderData: keepPreviousData,
  });
  const known: Known = new Map((found.data ?? []).map((one) => [one.id, one]));
  const pending = !found.isSuccess || found.isPlaceholderData;
  const missing = new Set(pending ? [] : wanted.filter((id) => !known.has(id)));
  return { known, missing, pending };
}
