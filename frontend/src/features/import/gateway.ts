import { newKey } from "@/components/form/once";
import { api, got, ifMatch } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";
import type { Kind, Said } from "./rows";
import { type Catalogue, MOST_KEYS, rest } from "./run";
import type { View } from "./same";

type Schemas = components["schemas"];

/** Tries while nobody answers, or too much is asked; milliseconds before the second, each further one twice as long. */
const TRIES = 6;
const PAUSE = 500;

/** See `Catalogue`: the platform as this browser reaches it. Bodies are judged by their schemas before they come here. */
export function gateway(signal: AbortSignal): Catalogue {
  /** Ask until there is an answer. The key makes that a POST is done once, however often it is sent. */
  async function ask<T>(send: (header: { "Idempotency-Key": string }) => Promise<T>): Promise<T> {
    const header = { "Idempotency-Key": newKey() };
    for (let tried = 1; ; tried += 1) {
      signal.throwIfAborted();
      try {
        return await send(header);
      } catch (thrown) {
        signal.throwIfAborted();
        const problem = problemOf(thrown);
        if (tried === TRIES || !(problem.unreachable || problem.status === 429)) throw problem;
        await rest(Math.max((problem.retryAfter ?? 0) * 1000, PAUSE * 2 ** (tried - 1)), signal);
      }
    }
  }

  return {
    byKeys: (kind, keys) => ask(() => listed(kind, { key: keys.join(","), size: MOST_KEYS }, signal)),
    create: (kind, body) => ask((header) => created(kind, body, header, signal)),
    revise: (kind, id, version, body) => ask(() => revised(kind, id, version, body, signal)),
    activate: (id, version) =>
      ask((header) =>
        got(
          api.POST("/api/specifications/{id}/activate", {
            params: { path: { id }, header: { ...header, "if-match": ifMatch(version) } },
            signal,
          }),
        ),
      ),
    publish: async (id, version) => {
      await ask((header) =>
        api.POST("/api/offerings/{id}/publish", {
          params: { path: { id }, header: { ...header, "if-match": ifMatch(version) } },
          signal,
        }),
      );
    },
    check: async (id, values, publishing) => {
      const body = { values, publishing };
      const path = "/api/specifications/{id}/check";
      return (await ask(() => got(api.POST(path, { params: { path: { id } }, body, signal })))).problems;
    },
  };
}

async function listed(
  kind: Kind,
  query: { key: string; size: number },
  signal: AbortSignal,
): Promise<View[]> {
  const asked = { params: { query }, signal };
  switch (kind) {
    case "characteristic":
      return (await got(api.GET("/api/characteristics", asked))).items;
    case "specification":
      return (await got(api.GET("/api/specifications", asked))).items;
    case "price":
      return (await got(api.GET("/api/prices", asked))).items;
    case "offering":
      return (await got(api.GET("/api/offerings", asked))).items;
  }
}

function created(
  kind: Kind,
  body: Said,
  header: { "Idempotency-Key": string },
  signal: AbortSignal,
): Promise<View> {
  const sent = { params: { header }, signal };
  switch (kind) {
    case "characteristic":
      return got(
        api.POST("/api/characteristics", { ...sent, body: as<Schemas["CharacteristicDefine"]>(body) }),
      );
    case "specification":
      return got(
        api.POST("/api/specifications", { ...sent, body: as<Schemas["SpecificationDefine"]>(body) }),
      );
    case "price":
      return got(api.POST("/api/prices", { ...sent, body: as<Schemas["PricingDefine"]>(body) }));
    case "offering":
      return got(api.POST("/api/offerings", { ...sent, body: as<Schemas["Draft"]>(body) }));
  }
}

function revised(kind: Kind, id: string, version: number, body: Said, signal: AbortSignal): Promise<View> {
  const sent = { params: { path: { id }, header: { "if-match": ifMatch(version) } }, signal };
  switch (kind) {
    case "characteristic":
      return got(
        api.PUT("/api/characteristics/{id}", { ...sent, body: as<Schemas["CharacteristicRevise"]>(body) }),
      );
    case "specification":
      return got(
        api.PUT("/api/specifications/{id}", { ...sent, body: as<Schemas["SpecificationRevise"]>(body) }),
      );
    case "price":
      return got(api.PUT("/api/prices/{id}", { ...sent, body: as<Schemas["PricingRevise"]>(body) }));
    case "offering":
      return got(api.PUT("/api/offerings/{id}", { ...sent, body: as<Schemas["OfferingRevise"]>(body) }));
  }
}

/** What a file says, taken for the body that its schema has found it to be. */
const as = <T>(body: Said) => body as unknown as T;
