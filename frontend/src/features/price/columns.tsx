"use client";

import { Lock, LockOpen } from "lucide-react";
import { defineGrid } from "@/components/data-table/grid";
import { recordColumns } from "@/components/data-table/record-columns";
import { Badge } from "@/components/ui/badge";
import { api, got } from "@/lib/api/browser";
import type { components, paths } from "@/lib/api/schema";
import { formatValidity } from "@/lib/dates";
import { amountWords, KINDS, perWords } from "./words";

type Row = components["schemas"]["PriceView"];
type Query = NonNullable<paths["/api/prices"]["get"]["parameters"]["query"]>;

/** Whether a price can be changed: while a publication or a live offering holds it, it cannot. */
export function Held({ locked }: { locked: boolean }) {
  return locked ? (
    <Badge tone="warn" icon={Lock}>
      Locked
    </Badge>
  ) : (
    <Badge icon={LockOpen}>Free</Badge>
  );
}

export const priceGrid = defineGrid<Row, Query>({
  entity: "prices",
  one: "price",
  many: "prices",
  purpose: "A price is what is paid once, regularly or by use. Offerings share prices.",
  sort: "-modifiedAt",
  list: (query, signal) => got(api.GET("/api/prices", { params: { query }, signal })),
  filters: [
    { name: "name", label: "Name", kind: "text" },
    { name: "key", label: "Key", kind: "text" },
    {
      name: "kind",
      label: "Kind",
      kind: "choice",
      choices: Object.entries(KINDS).map(([value, label]) => ({ value, label })),
    },
    { name: "currency", label: "Currency", kind: "text" },
    {
      name: "locked",
      label: "Lock",
      kind: "choice",
      choices: [
        { value: "true", label: "Locked" },
        { value: "false", label: "Free" },
      ],
    },
  ],
  columns: [
    { id: "name", width: 16, header: "Name", text: (row) => row.name, sortable: true },
    {
      id: "key",
      width: 13,
      header: "Key",
      text: (row) => row.key,
      cell: (row) => <code className="text-ink-soft">{row.key}</code>,
      sortable: true,
    },
    { id: "kind", width: 8, header: "Kind", text: (row) => KINDS[row.kind], sortable: true },
    {
      id: "amount",
      width: 9,
      header: "Amount",
      text: (row) => row.money.amount ?? row.tiers.map((one) => `${one.from}: ${one.amount}`).join("; "),
      cell: (row) => amountWords(row),
      sortable: true,
      numeric: true,
    },
    { id: "per", width: 8, header: "Per", text: perWords },
    {
      id: "currency",
      width: 7,
      header: "Currency",
      text: (row) => row.money.currency,
      sortable: true,
      extra: true,
    },
    {
      id: "locked",
      width: 8,
      header: "Lock",
      text: (row) => (row.locked ? "Locked" : "Free"),
      cell: (row) => <Held locked={row.locked} />,
      sortable: true,
    },
    {
      id: "tax",
      width: 8,
      header: "Tax",
      text: (row) => (row.taxIncluded ? "Included" : "Not included"),
      extra: true,
    },
    { id: "validFor", width: 14, header: "Valid", text: (row) => formatValidity(row.validFor), extra: true },
    { id: "description", width: 16, header: "Description", text: (row) => row.description, extra: true },
    ...recordColumns,
  ],
});
