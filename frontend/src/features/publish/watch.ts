import { type Problem, problemOf } from "@/lib/api/problem";
import { type Account, isFinal, type WatchEvent } from "./state";

/** How the platform is asked how far a publication is. */
export interface Source {
  /** Each change as it happens. It ends when there is nothing more to tell, and from time to time without a reason. */
  stream: (signal: AbortSignal) => AsyncIterable<Account>;
  /** The present state. Throws `Problem`. */
  read: (signal: AbortSignal) => Promise<Account>;
}

/** Milliseconds between two looks, at first and at most. */
export const FIRST = 500;
export const LAST = 3_000;
/** Milliseconds for which is only looked now and then, after a stream could not be had. */
export const WITHOUT = 15_000;

/**
 * Follow a publication until it has ended, the signal says so, or the platform refuses to tell. A stream is the
 * first choice; while there is none it is looked now and then. Losing contact is told, and never ends it.
 */
export async function watch(
  source: Source,
  tell: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let pause = FIRST;
  let streamAt = 0;
  while (!signal.aborted) {
    if (Date.now() >= streamAt) {
      try {
        for await (const account of source.stream(signal)) {
          if (signal.aborted) return;
          tell({ type: "seen", account });
        }
      } catch {
        streamAt = Date.now() + WITHOUT; // why is found out by looking
      }
    }
    if (signal.aborted) return;
    try {
      const account = await source.read(signal);
      if (signal.aborted) return;
      tell({ type: "seen", account });
      if (isFinal(account.status)) return;
    } catch (thrown) {
      if (signal.aborted) return;
      const problem = problemOf(thrown);
      if (!isPassing(problem)) {
        tell({ type: "refused", problem });
        return;
      }
      tell({ type: "lost", problem });
      pause = Math.max(pause, Math.min((problem.retryAfter ?? 0) * 1000, WITHOUT));
    }
    await rest(pause, signal);
    pause = Math.min(LAST, pause * 1.5);
  }
}

/** Whether asking again may help. */
const isPassing = ({ status, unreachable }: Problem) =>
  unreachable || status === 408 || status === 429 || status >= 500;

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
