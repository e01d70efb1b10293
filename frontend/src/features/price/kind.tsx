"use client";

import { Lock } from "lucide-react";
import { MOST_FOUND, type Option, type Source } from "@/components/form/options";
import type { Kind } from "@/components/form/use-entity-form";
import { Badge } from "@/components/ui/badge";
import { api, got, ifMatch } from "@/lib/api/browser";
import { formatDateTime } from "@/lib/dates";
import { formatDecimal } from "@/lib/money";
import { lookUpPrices, type PriceView, prices } from "./reader";
import { type PriceBody, type PriceValues, priceValues } from "./schema";
import { amountWords, KINDS, MODES, perWords } from "./words";

const LABELS: Record<string, string> = {
  name: "Name",
  description: "Description",
  kind: "Kind",
  "money.amount": "Amount",
  "money.currency": "Currency",
  "period.unit": "Period",
  "period.length": "Length of the period",
  unitOfMeasure: "Unit of measure",
  tiered: "In tiers",
  tiers: "Tiers",
  mode: "How tiers charge",
  "validFor.from": "Valid from",
  "validFor.to": "Valid until",
  taxIncluded: "Tax included",
};

export const priceKind: Kind<PriceView, PriceValues, PriceBody> = {
  ...prices,
  values: priceValues,
  create: (body, key) =>
    got(api.POST("/api/prices", { body, params: { header: { "Idempotency-Key": key } } })),
  revise: (id, version, { key: _, ...body }) =>
    got(
      api.PUT("/api/prices/{id}", {
        body,
        params: { path: { id }, header: { "if-match": ifMatch(version) } },
      }),
    ),
  wording: {
    label: (name) => LABELS[name] ?? name,
    show: (name, value) => {
      if (name === "kind") return KINDS[value as PriceValues["kind"]];
      if (name === "mode") return MODES[value as PriceValues["mode"]];
      if (name.startsWith("validFor.") && value) return formatDateTime(String(value));
      if (name !== "tiers" || !Array.isArray(value) || !value.length) return undefined;
      return (
        <ol>
          {(value as PriceValues["tiers"]).map((one) => (
            <li key={one.from} className="tabular">
              from {formatDecimal(one.from)}: {formatDecimal(one.amount)}
            </li>
          ))}
        </ol>
      );
    },
  },
};

/** When a price is over, no shopper can pay it any more. */
const isOver = (view: PriceView) => Boolean(view.validFor.to && Date.parse(view.validFor.to) <= Date.now());

export function priceOption(view: PriceView): Option {
  return {
    id: view.id,
    name: view.name,
    detail: `${view.key} · ${[amountWords(view), perWords(view)].filter(Boolean).join(" ")}`,
    state: view.locked ? <Badge icon={Lock}>Held</Badge> : <Badge>{KINDS[view.kind]}</Badge>,
    refused: isOver(view)
      ? `Over since ${formatDateTime(view.validFor.to ?? "")}: nobody can buy at it.`
      : undefined,
  };
}

export const priceSource: Source = {
  entity: "prices",
  search: async (text) => {
    const query = { size: MOST_FOUND, sort: "name", ...(text ? { name: `~${text}` } : {}) };
    const page = await got(api.GET("/api/prices", { params: { query } }));
    return page.items.map(priceOption);
  },
  find: async (ids) => (await lookUpPrices(ids)).map(priceOption),
};
