import type { ReactNode } from "react";

/** Something to choose. */
export interface Option {
  id: string;
  name: string;
  /** What tells it from others of the name. */
  detail?: string;
  /** Where it is in its life. */
  state?: ReactNode;
  /** Why it cannot be chosen now; what is chosen already stays. */
  refused?: string | undefined;
}

/** Where options come from: the platform searches, and only so many come at a time. */
export interface Source {
  /** The first part of the keys of its queries, so that what is saved elsewhere is seen here. */
  entity: string;
  search: (text: string) => Promise<Option[]>;
  find: (ids: readonly string[]) => Promise<Option[]>;
}

/** How many options one search has at most. */
export const MOST_FOUND = 50;
