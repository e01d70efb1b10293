"use client";

import { useQuery } from "@tanstack/react-query";
import type { AnyStatus } from "@/components/ui/status";
import type { Entity } from "@/features/entities";
import { contentOf } from "@/features/offering/words";
import { api, got } from "@/lib/api/browser";

/** Users whose names are looked up; the others are counted. */
export const MOST_NAMED = 50;

export interface User {
  entity: Entity;
  id: string;
  key: string;
  /** The key where the name is not known. */
  name: string;
  status?: AnyStatus;
}

export interface Users {
  named: User[];
  total: number;
}

/** What may be used, and what uses it. */
export const USERS = {
  characteristics: "specifications",
  specifications: "offerings",
  prices: "offerings",
} as const satisfies Partial<Record<Entity, Entity>>;

export type Usable = keyof typeof USERS;

/** What uses something, as far as the platform has heard: it is not deleted while there are any. */
export function useUsers(entity: Usable, id: string) {
  return useQuery({
    queryKey: [entity, "users", id],
    queryFn: async ({ signal }): Promise<Users> => {
      const { items } = await got(api.GET(`/api/${entity}/{id}/users`, { params: { path: { id } }, signal }));
      const keys = items.slice(0, MOST_NAMED).map((one) => one.key);
      const known = keys.length ? await found(USERS[entity], keys, signal) : new Map<string, Found>();
      return {
        total: items.length,
        named: items.slice(0, MOST_NAMED).map(({ id: user, key }) => ({
          entity: USERS[entity],
          id: user,
          key,
          name: key,
          ...known.get(user),
        })),
      };
    },
  });
}

type Found = Pick<User, "name" | "status">;

async function found(
  entity: "specifications" | "offerings",
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Found>> {
  const query = { key: keys.join(","), size: MOST_NAMED };
  if (entity === "specifications") {
    const page = await got(api.GET("/api/specifications", { params: { query }, signal }));
    return new Map(page.items.map(({ id, name, status }) => [id, { name, status }]));
  }
  const page = await got(api.GET("/api/offerings", { params: { query }, signal }));
  return new Map(page.items.map((one) => [one.id, { name: contentOf(one).name, status: one.status }]));
}
