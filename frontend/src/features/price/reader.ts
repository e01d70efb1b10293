import { type Reader, severalOf } from "@/features/reading";
import { api, got } from "@/lib/api/browser";
import type { components } from "@/lib/api/schema";

export type PriceView = components["schemas"]["PriceView"];

export const prices: Reader<PriceView> = {
  entity: "prices",
  nameOf: (view) => view.name,
  read: (id) => got(api.GET("/api/prices/{id}", { params: { path: { id } } })),
};

/** Prices by their ids, as they are now. */
export async function lookUpPrices(ids: readonly string[]): Promise<PriceView[]> {
  if (!ids.length) return [];
  const found = await got(api.POST("/api/prices/lookup", { body: { ids: [...ids] } }));
  return found.items;
}

/** The query for several prices. */
export const pricesWith = (ids: readonly string[]) => severalOf("prices", ids, lookUpPrices);
