import type { Problem } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";

export type Account = components["schemas"]["AccountView"];
export type Progress = components["schemas"]["Progress"];
export type Step = components["schemas"]["Step"];

/**
 * Whether the platform can be asked how far a publication is. That it cannot says nothing about the publication,
 * which goes on by itself.
 */
export type Contact =
  | { kind: "looking" }
  | { kind: "held" }
  | { kind: "lost"; problem: Problem }
  | { kind: "refused"; problem: Problem };

/** A publication as one page knows it. */
export interface Watched {
  account: Account | null;
  contact: Contact;
  /** Milliseconds by which the clock of the platform is ahead of this browser's. */
  ahead: number;
}

export type WatchEvent =
  | { type: "looking" }
  | { type: "clock"; ahead: number }
  | { type: "seen"; account: Account }
  | { type: "lost"; problem: Problem }
  | { type: "refused"; problem: Problem };

export const BEGIN: Watched = { account: null, contact: { kind: "looking" }, ahead: 0 };

/** Milliseconds after which a publication takes longer than most. */
export const USUAL = 10_000;

/** Nothing becomes of it any more. STUCK is no end: it can go on. */
export const isFinal = (status: Progress) => status === "PUBLISHED" || status === "REJECTED";

/** Whether there is no more to be told, the steps included, which may come after the end itself. */
export const isTold = (account: Account | null) =>
  account !== null && isFinal(account.status) && account.steps !== null;

export function reduce(before: Watched, event: WatchEvent): Watched {
  switch (event.type) {
    case "clock":
      return { ...before, ahead: event.ahead };
    case "seen":
      return { ...before, account: merged(before.account, event.account), contact: { kind: "held" } };
    case "looking":
      return before.account ? before : { ...before, contact: { kind: "looking" } };
    case "lost":
    case "refused":
      if (isTold(before.account)) return before; // nobody has to be asked any more
      return { ...before, contact: { kind: event.type, problem: event.problem } };
  }
}

/** What is known after another look: an end stays, and steps that nobody knows just now are those of before. */
function merged(known: Account | null, seen: Account): Account {
  if (known === null) return seen;
  if (known.id !== seen.id) return known;
  if (isFinal(known.status) && seen.status !== known.status) return known;
  return {
    ...seen,
    // Once it runs it does not wait for its beginning again: this was seen before that, or without the engine.
    status: seen.status === "REQUESTED" ? known.status : seen.status,
    steps: seen.steps ?? known.steps,
  };
}

/** Whether it takes longer than usual. `now` is by this browser's clock. */
export function isSlow({ account, ahead }: Watched, now: number): boolean {
  if (!account || isFinal(account.status) || account.status === "STUCK") return false;
  return now + ahead - Date.parse(account.requestedAt) >= USUAL;
}
