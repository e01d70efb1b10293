/** A new `Idempotency-Key`: the platform does what carries the same key once, however often it is sent. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // `randomUUID` is only there behind TLS
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
