import "server-only";
import { readFileSync } from "node:fs";
import { z } from "zod";

/** Words of examples and defaults, and what is no letter. No word is made of others: one way to read a text, and quick. */
const KNOWN =
  /^(?:admin|catalog|change|cookie|default|demo|dev|example|guest|insecure|key|me|my|pass|placeholder|please|production|secret|session|super|test|this|token|word|[^a-z])+$/i;

/** Whether a secret can be guessed: it is made of words that everybody tries, or of few letters again and again. */
const isKnown = (secret: string) => (/[a-z]/i.test(secret) && KNOWN.test(secret)) || new Set(secret).size < 8;

const Env = z.object({
  /** Where the gateway is, as this server reaches it. */
  CATALOG_GATEWAY_URL: z.url().default("http://127.0.0.1:8000"),
  /** 32 bytes or more from which the key of the session cookies is derived. */
  CATALOG_SESSION_SECRET: z
    .string()
    .min(32, "must have 32 characters at least")
    .refine((secret) => !isKnown(secret), "is a known default: make one of your own"),
  /** The address in people's browsers, such as https://catalog.example.com: cookies are `Secure` when it is https. */
  CATALOG_PUBLIC_URL: z.url().default("http://127.0.0.1:3000"),
});

export type Env = z.infer<typeof Env>;

/** Container platforms mount secrets as files: `CATALOG_SESSION_SECRET_FILE` names the one that has the secret. */
function withSecretFile(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = given.CATALOG_SESSION_SECRET_FILE;
  return file ? { ...given, CATALOG_SESSION_SECRET: readFileSync(file, "utf8").trim() } : given;
}

let known: Env | undefined;

/** What this server is told by its environment. Throws an error that names each variable that is wrong. */
export function env(): Env {
  if (!known) {
    const read = Env.safeParse(withSecretFile(process.env));
    if (!read.success) {
      const faults = read.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`).join("; ");
      throw new Error(`The web application cannot start: ${faults}`);
    }
    known = read.data;
  }
  return known;
}
