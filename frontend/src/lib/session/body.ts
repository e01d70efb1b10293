import "server-only";

/** What a request may bring, as the gateway has it. */
export const LARGEST = 1024 * 1024;

/** The body of a request; null when it is too large, which is known before all of it is in memory. */
export async function bodyOf(request: Request, largest = LARGEST): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > largest) return null;
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > largest) {
      await reader.cancel().catch(() => undefined);
      return null;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** The JSON in the body of a request; undefined when there is none, or too much. */
export async function jsonOf(request: Request, largest: number): Promise<unknown> {
  try {
    return JSON.parse(await textOf(request, largest));
  } catch {
    return undefined;
  }
}

/** The fields of a form that was sent as an address would have them; none when there is too much. */
export async function formOf(request: Request, largest: number): Promise<URLSearchParams> {
  return new URLSearchParams(await textOf(request, largest));
}

const textOf = async (request: Request, largest: number) =>
  new TextDecoder().decode((await bodyOf(request, largest)) ?? undefined);
