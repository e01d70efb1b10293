import "server-only";
import createClient from "openapi-fetch";
import { env } from "@/lib/env";
import { problemIn, problemOf } from "./problem";
import type { paths } from "./schema";

/** Longer than the gateway itself waits for a service. */
const DEADLINE = 8_000;

/** The platform as this server reaches it, for what everybody may read: the store. Throws `Problem`. */
export function catalog() {
  const client = createClient<paths>({
    baseUrl: env().CATALOG_GATEWAY_URL,
    fetch: (request: Request) => fetch(request, { cache: "no-store", signal: AbortSignal.timeout(DEADLINE) }),
  });
  client.use({
    async onResponse({ response }) {
      if (response.ok) return undefined;
      throw problemIn(response, await response.json().catch(() => null));
    },
    onError({ error }) {
      return problemOf(error);
    },
  });
  return client;
}
