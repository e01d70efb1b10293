"use client";

import type { Kind } from "@/components/form/use-entity-form";
import { api, got, ifMatch } from "@/lib/api/browser";
import { formatDateTime } from "@/lib/dates";
import { offerings } from "./reader";
import { type OfferingBody, type OfferingValues, type OfferingView, offeringValues } from "./schema";
import { contentOf } from "./words";

const LABELS: Record<string, string> = {
  name: "Name",
  description: "Description",
  category: "Category",
  specificationId: "Specification",
  priceIds: "Prices",
  "validFor.from": "On sale from",
  "validFor.to": "On sale until",
  imageUrl: "Image",
};

/** Offerings as forms treat them; `named` are the names of what they refer to, by id or by key. */
export function offeringKind(
  named: ReadonlyMap<string, string>,
): Kind<OfferingView, OfferingValues, OfferingBody> {
  return {
    ...offerings,
    values: (view) => offeringValues(contentOf(view), view.key),
    create: (body, key) =>
      got(api.POST("/api/offerings", { body, params: { header: { "Idempotency-Key": key } } })),
    revise: (id, version, { key: _, ...body }) =>
      got(
        api.PUT("/api/offerings/{id}", {
          body,
          params: { path: { id }, header: { "if-match": ifMatch(version) } },
        }),
      ),
    wording: {
      label: (name) => {
        const key = name.startsWith("values.") ? name.slice("values.".length) : "";
        return key ? (named.get(key) ?? key) : (LABELS[name] ?? name);
      },
      show: (name, value) => {
        if (name.startsWith("validFor.") && value) return formatDateTime(String(value));
        if (name !== "specificationId" && name !== "priceIds") return undefined;
        const ids = value as string[] | undefined;
        return ids?.length ? ids.map((id) => named.get(id) ?? id).join(", ") : undefined;
      },
    },
  };
}
