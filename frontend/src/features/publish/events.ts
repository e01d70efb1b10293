/** One message of a stream of server-sent events. */
export interface Message {
  event: string;
  data: string;
}

/** Nothing came for longer than the platform is ever silent: nobody is there any more. */
export class Silence extends Error {
  constructor() {
    super("The stream is silent.");
  }
}

/**
 * The messages of a stream (HTML standard, section 9.2), as they come. Comments are signs of life and no messages.
 * Throws `Silence` when nothing at all has come for so many milliseconds, which a browser's own `EventSource`
 * would not notice.
 */
export async function* messages(
  body: ReadableStream<Uint8Array>,
  patience: number,
): AsyncGenerator<Message, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await within(reader.read(), patience);
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const message = read(block);
        if (message) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function read(block: string): Message | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === "event") event = value;
    if (name === "data") data.push(value);
  }
  return data.length ? { event, data: data.join("\n") } : null;
}

function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Silence()), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
