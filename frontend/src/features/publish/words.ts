import { dateFormat, formatCount } from "@/lib/formats";
import type { Account, Step } from "./state";

/** What is said of the steps, whose ids are those of the diagram. `undo` are those of the way back. */
interface Words {
  service: string;
  aim: string;
  done: string;
  undo?: true;
}

export const STEPS: Record<string, Words> = {
  lock_prices: {
    service: "Pricing",
    aim: "Holds the prices, so that they stay as they are while the offering is sold.",
    done: "The prices are held.",
  },
  validate: {
    service: "Specification",
    aim: "Compares what is said of the offering with its specification.",
    done: "The offering fits its specification.",
  },
  stage_entry: {
    service: "Store",
    aim: "Prepares what shoppers will see.",
    done: "What shoppers will see is prepared.",
  },
  confirm: {
    service: "Offering",
    aim: "Makes the draft what is live.",
    done: "The offering is live.",
  },
  drop_entry: {
    service: "Store",
    aim: "Takes back what was prepared for shoppers.",
    done: "Undone: what was prepared for shoppers is dropped.",
    undo: true,
  },
  release_prices: {
    service: "Pricing",
    aim: "Releases the prices that were held for it.",
    done: "Undone: the prices are released.",
    undo: true,
  },
  reject: {
    service: "Offering",
    aim: "Gives the draft back to its authors.",
    done: "The draft can be changed again.",
    undo: true,
  },
};

export const isUndo = (step: Step) => STEPS[step.name]?.undo === true;

/** A plain sentence about where a step is. */
export function sentence({ name, state, attempts = 0 }: Step): string {
  const words = STEPS[name];
  switch (state) {
    case "WAITING":
    case "RUNNING":
      return words?.aim ?? "";
    case "DONE":
      return words?.done ?? "";
    case "RETRYING":
      return `Has failed ${attempts === 1 ? "once" : `${attempts} times`}, and is tried again by itself.`;
    case "STUCK":
      return "Does not get any further by itself: it waits for an operator.";
    case "FAILED":
      return "Cannot be done, for the reason below.";
    case "TIMED_OUT":
      return "Was not through in the two minutes that there are.";
    case "CANCELLED":
      return "Was given up before it was through.";
    case "SKIPPED":
      return "Was not come to.";
  }
}

/** Which attempt a step is at, or was at last; null where there was none. */
export function attempt({ state, attempts = 0 }: Step): number | null {
  if (state === "RUNNING" || state === "RETRYING") return attempts + 1;
  return attempts > 0 ? attempts : null;
}

/** What is said to somebody who does not see the page: another sentence for each step that is come to, and no time. */
export function announcement(account: Account): string {
  switch (account.status) {
    case "REQUESTED":
      return "The publication waits for its beginning.";
    case "PUBLISHED":
      return "Published: the offering is live.";
    case "REJECTED":
      return `Not published: ${account.cause?.message ?? "it was rejected."}`;
    case "STUCK":
      return "The publication is stuck and needs an operator.";
    case "RUNNING":
  }
  const steps = account.steps ?? [];
  const undoing = steps.some(isUndo);
  const at = steps.find((one) => one.state === "RUNNING" || one.state === "RETRYING");
  const doing = at ? ` ${at.title}: ${at.state === "RUNNING" ? "under way" : "tried again"}.` : "";
  return `${undoing ? "What was prepared is being undone." : "The publication goes on."}${doing}`;
}

/** Milliseconds in words: "0.1 s", "12.4 s", "2 min 5 s", "1 h 3 min". */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

/** The time of the day, for what happens within seconds. */
export const clock = (iso: string) => dateFormat("en-GB", CLOCK).format(new Date(iso));
