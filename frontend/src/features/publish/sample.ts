import type { Account, Step } from "./state";

/** A publication for tests. */
export function account(changes: Partial<Account> = {}): Account {
  return {
    id: "01a21e31-81ab-74eb-aabc-174150508571",
    offeringId: "01a21e31-8151-7ab8-87e8-cd8a690d5626",
    offeringKey: "fibre-500",
    offeringVersion: 2,
    status: "RUNNING",
    requestedAt: "2026-11-27T18:00:00Z",
    requestedBy: "publisher",
    endedAt: null,
    cause: null,
    problems: [],
    steps: [],
    nextAction: "It goes on by itself.",
    note: null,
    ...changes,
  };
}

export function step(name: string, state: Step["state"], changes: Partial<Step> = {}): Step {
  return { name, title: name, state, attempts: 0, startedAt: null, endedAt: null, problem: null, ...changes };
}
