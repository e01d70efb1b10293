import "server-only";

/** Milliseconds for an answer of the gateway, which waits less for whom it asks. */
const DEADLINE = 8_000;

/**
 * What `work` comes to, or a TimeoutError when that takes longer. The signal tells it to stop, and is not relied on:
 * Node's `fetch` (seen in 24.19) loses the signal of a request that was made of another request when memory is
 * collected meanwhile, and waits for ever.
 */
export async function within<T>(
  work: (late: AbortSignal) => Promise<T>,
  milliseconds = DEADLINE,
): Promise<T> {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException(`Nothing came within ${milliseconds} ms.`, "TimeoutError");
      reject(error);
      late.abort(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(late.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
