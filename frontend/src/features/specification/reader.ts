import type { Reader } from "@/features/reading";
import { api, got } from "@/lib/api/browser";
import type { SpecificationView } from "./schema";

export const specifications: Reader<SpecificationView> = {
  entity: "specifications",
  nameOf: (view) => view.name,
  read: (id) => got(api.GET("/api/specifications/{id}", { params: { path: { id } } })),
};
