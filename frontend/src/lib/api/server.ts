import "server-only";
import createClient from "openapi-fetch";
import { within } from "@/lib/deadline";
import { env } from "@/lib/env";
import { problemIn, problemOf } from "./problem";
import type { paths } from "./schema";

/** The platform as this server reaches it, for what everybody may read: the store. Throws `Problem`. */
export function catalog() {
  const client = createClient<paths>({
    baseUrl: env().CATALOG_GATEWAY_URL,
    fetch: (request: Request) =>
      within(async (signal) => {
        const answer = await fetch(request, { cache: "no-store", signal });
        return new Response(answer.body && (await answer.arrayBuffer()), answer);
      }),
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
