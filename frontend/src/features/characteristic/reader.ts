import { type Reader, severalOf } from "@/features/reading";
import { api, got } from "@/lib/api/browser";
import type { CharacteristicView } from "./value";

export const characteristics: Reader<CharacteristicView> = {
  entity: "characteristics",
  nameOf: (view) => view.name,
  read: (id) => got(api.GET("/api/characteristics/{id}", { params: { path: { id } } })),
};

/** Characteristics by their ids, as they are now. */
export async function lookUp(ids: readonly string[]): Promise<CharacteristicView[]> {
  if (!ids.length) return [];
  const found = await got(api.POST("/api/characteristics/lookup", { body: { ids: [...ids] } }));
  return found.items;
}

/** The query for several characteristics. */
export const characteristicsWith = (ids: readonly string[]) => severalOf("characteristics", ids, lookUp);
