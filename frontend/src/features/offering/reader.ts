import type { Reader } from "@/features/reading";
import { api, got } from "@/lib/api/browser";
import type { OfferingView } from "./schema";
import { contentOf } from "./words";

export const offerings: Reader<OfferingView> = {
  entity: "offerings",
  nameOf: (view) => contentOf(view).name,
  read: (id) => got(api.GET("/api/offerings/{id}", { params: { path: { id } } })),
};
