import { type Account, isFinal, type Step } from "./state";
import { isUndo } from "./words";

export type Mark = "done" | "undone" | "running" | "stuck" | "failed";

/** How an element of the diagram is drawn: those that are not named are as the diagram has them. */
export type Marks = ReadonlyMap<string, Mark>;

const MARKS: Partial<Record<Step["state"], Mark>> = {
  DONE: "done",
  RUNNING: "running",
  RETRYING: "running",
  STUCK: "stuck",
  FAILED: "failed",
  TIMED_OUT: "failed",
};

/** The event by which the way back begins, by the code of the cause. */
const TURNS: Record<string, string> = {
  PRICE_MISSING: "on_price_missing",
  PRICE_EXPIRED: "on_price_expired",
  PRICE_CROWDED: "on_price_crowded",
  SPECIFICATION_INVALID: "on_specification_invalid",
  ENTRY_REFUSED: "on_entry_refused",
};

/** What a publication has come to in its diagram. */
export function marksOf({ status, steps, cause }: Account): Marks {
  const marks = new Map<string, Mark>();
  const known = steps ?? [];
  for (const step of known) {
    const mark = MARKS[step.state];
    if (mark) marks.set(step.name, isUndo(step) && mark === "done" ? "undone" : mark);
  }
  if (status !== "REQUESTED") marks.set("requested", "done");
  if (known.some(isUndo)) {
    const late = known.some((one) => one.state === "TIMED_OUT");
    const turn = late ? "on_timeout" : cause && TURNS[cause.code];
    if (turn) marks.set(turn, "failed");
  }
  if (status === "PUBLISHED") marks.set("published", "done");
  if (status === "REJECTED" && marks.has("reject")) marks.set("rejected", "undone");
  return marks;
}

/** Where the publication is just now; at its end nowhere. */
export function tokenAt({ status, steps }: Account): string | null {
  if (isFinal(status)) return null;
  if (status === "REQUESTED") return "requested";
  const at = steps?.find(({ state }) => state === "RUNNING" || state === "RETRYING" || state === "STUCK");
  return at?.name ?? null;
}
