"use client";

import { MOST_FOUND, type Option, type Source } from "@/components/form/options";
import type { Kind } from "@/components/form/use-entity-form";
import { Status } from "@/components/ui/status";
import { api, got, ifMatch } from "@/lib/api/browser";
import { specifications } from "./reader";
import {
  type Known,
  type SpecificationBody,
  type SpecificationValues,
  type SpecificationView,
  specificationValues,
} from "./schema";

const LABELS: Record<string, string> = {
  name: "Name",
  description: "Description",
  uses: "Characteristics",
};

/** Specifications as forms treat them; `known` are the characteristics whose names are shown. */
export function specificationKind(
  known: Known,
): Kind<SpecificationView, SpecificationValues, SpecificationBody> {
  return {
    ...specifications,
    values: specificationValues,
    create: (body, key) =>
      got(api.POST("/api/specifications", { body, params: { header: { "Idempotency-Key": key } } })),
    revise: (id, version, { key: _, ...body }) =>
      got(
        api.PUT("/api/specifications/{id}", {
          body,
          params: { path: { id }, header: { "if-match": ifMatch(version) } },
        }),
      ),
    wording: {
      label: (name) => LABELS[name] ?? name,
      show: (name, value) => {
        if (name !== "uses" || !Array.isArray(value) || !value.length) return undefined;
        return (
          <ol className="list-decimal pl-4">
            {(value as SpecificationValues["uses"]).map((use) => (
              <li key={use.characteristicId}>
                {known.get(use.characteristicId)?.name ?? "Another characteristic"}
                {use.required && ", required"}
                {use.default.length > 0 && `, default ${[use.default].flat().join(", ")}`}
                {use.allowedCodes && `, only ${use.allowedCodes.join(", ")}`}
              </li>
            ))}
          </ol>
        );
      },
    },
  };
}

const REFUSED: Record<SpecificationView["status"], string | undefined> = {
  DRAFT: "Still a draft: activate it first, then offerings of this kind can be published.",
  ACTIVE: undefined,
  RETIRED: "Retired: it is for what is published already, and for nothing new.",
};

function specificationOption(view: SpecificationView): Option {
  const many = view.uses.length;
  return {
    id: view.id,
    name: view.name,
    detail: `${view.key} · ${many} ${many === 1 ? "characteristic" : "characteristics"}`,
    state: <Status of={view.status} />,
    refused: REFUSED[view.status],
  };
}

export const specificationSource: Source = {
  entity: "specifications",
  search: async (text) => {
    const query = { size: MOST_FOUND, sort: "status,name", ...(text ? { name: `~${text}` } : {}) };
    const page = await got(api.GET("/api/specifications", { params: { query } }));
    return page.items.map(specificationOption);
  },
  find: async (ids) => (await Promise.all(ids.map(specifications.read))).map(specificationOption),
};
