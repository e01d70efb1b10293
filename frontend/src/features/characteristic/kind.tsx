"use client";

import { MOST_FOUND, type Option, type Source } from "@/components/form/options";
import type { Kind } from "@/components/form/use-entity-form";
import { Status } from "@/components/ui/status";
import { api, got, ifMatch } from "@/lib/api/browser";
import { characteristics, lookUp } from "./reader";
import { type CharacteristicBody, type CharacteristicValues, characteristicValues } from "./schema";
import type { CharacteristicView } from "./value";
import { VALUE_TYPES } from "./words";

const LABELS: Record<string, string> = {
  name: "Name",
  description: "Description",
  valueType: "Type of value",
  unit: "Unit",
  multiple: "Several values",
  allowedValues: "Allowed values",
  "constraints.min": "Least",
  "constraints.max": "Most",
  "constraints.step": "Step",
  "constraints.pattern": "Pattern",
  "constraints.maxLength": "Longest text",
  "constraints.scale": "Decimal places",
};

export const characteristicKind: Kind<CharacteristicView, CharacteristicValues, CharacteristicBody> = {
  ...characteristics,
  values: characteristicValues,
  create: (body, key) =>
    got(api.POST("/api/characteristics", { body, params: { header: { "Idempotency-Key": key } } })),
  revise: (id, version, { key: _, ...body }) =>
    got(
      api.PUT("/api/characteristics/{id}", {
        body,
        params: { path: { id }, header: { "if-match": ifMatch(version) } },
      }),
    ),
  wording: {
    label: (name) => LABELS[name] ?? name,
    show: (name, value) => {
      if (name === "valueType") return VALUE_TYPES[value as CharacteristicValues["valueType"]];
      if (name !== "allowedValues" || !Array.isArray(value) || !value.length) return undefined;
      return (
        <ol className="list-decimal pl-4">
          {(value as CharacteristicValues["allowedValues"]).map((one) => (
            <li key={one.code}>
              {one.label} ({one.code}){one.default && ", default"}
              {one.deprecated && ", deprecated"}
            </li>
          ))}
        </ol>
      );
    },
  },
};

export function characteristicOption(view: CharacteristicView): Option {
  const what = [VALUE_TYPES[view.valueType], view.unit, view.multiple && "several"]
    .filter(Boolean)
    .join(", ");
  return {
    id: view.id,
    name: view.name,
    detail: `${view.key} · ${what}`,
    state: <Status of={view.status} />,
    refused:
      view.status === "DEPRECATED"
        ? "Deprecated: it stays where it is used, and is for nothing new."
        : undefined,
  };
}

export const characteristicSource: Source = {
  entity: "characteristics",
  search: async (text) => {
    const query = { size: MOST_FOUND, sort: "name", ...(text ? { name: `~${text}` } : {}) };
    const page = await got(api.GET("/api/characteristics", { params: { query } }));
    return page.items.map(characteristicOption);
  },
  find: async (ids) => (await lookUp(ids)).map(characteristicOption),
};
