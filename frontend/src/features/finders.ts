"use client";

import { api, got } from "@/lib/api/browser";
import type { Entity } from "./entities";
import { contentOf } from "./offering/words";

export interface Hit {
  id: string;
  key: string;
  name: string;
}

/** Hits of each kind that are shown: who wants more types more, or looks at the grid. */
const MOST_HITS = 5;

const query = (name: string) => ({ name: `~${name}`, size: MOST_HITS, sort: "name" });

/** How things of each kind are found by a part of their name. */
export const FINDERS: Record<Entity, (name: string, signal: AbortSignal) => Promise<Hit[]>> = {
  characteristics: async (name, signal) =>
    (await got(api.GET("/api/characteristics", { params: { query: query(name) }, signal }))).items,
  specifications: async (name, signal) =>
    (await got(api.GET("/api/specifications", { params: { query: query(name) }, signal }))).items,
  prices: async (name, signal) =>
    (await got(api.GET("/api/prices", { params: { query: query(name) }, signal }))).items,
  offerings: async (name, signal) =>
    (await got(api.GET("/api/offerings", { params: { query: query(name) }, signal }))).items.map((one) => ({
      id: one.id,
      key: one.key,
      name: contentOf(one).name,
    })),
};
