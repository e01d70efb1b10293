"use client";

import { defineGrid } from "@/components/data-table/grid";
import { recordColumns } from "@/components/data-table/record-columns";
import { Status, statusWord } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { api, got } from "@/lib/api/browser";
import type { components, paths } from "@/lib/api/schema";
import { formatValidity } from "@/lib/dates";
import { contentOf, fromWhere } from "./words";

type Row = components["schemas"]["OfferingView"];
type Query = NonNullable<paths["/api/offerings"]["get"]["parameters"]["query"]>;

const STATES: Row["status"][] = ["DRAFT", "PUBLISHING", "PUBLISHED", "RETIRED"];

export const offeringGrid = defineGrid<Row, Query>({
  entity: "offerings",
  one: "offering",
  many: "offerings",
  purpose: "An offering is what is sold: a product of some kind, what is said of it, and its prices.",
  sort: "-modifiedAt",
  list: (query, signal) => got(api.GET("/api/offerings", { params: { query }, signal })),
  filters: [
    { name: "name", label: "Name", kind: "text" },
    { name: "key", label: "Key", kind: "text" },
    {
      name: "status",
      label: "State",
      kind: "choice",
      choices: STATES.map((value) => ({ value, label: statusWord(value) })),
    },
    { name: "category", label: "Category", kind: "text" },
  ],
  columns: [
    { id: "name", width: 16, header: "Name", text: (row) => contentOf(row).name, sortable: true },
    {
      id: "key",
      width: 13,
      header: "Key",
      text: (row) => row.key,
      cell: (row) => <code className="text-ink-soft">{row.key}</code>,
      sortable: true,
    },
    {
      id: "category",
      width: 11,
      header: "Category",
      text: (row) => contentOf(row).category ?? "",
      sortable: true,
    },
    {
      id: "status",
      header: "State",
      text: (row) => statusWord(row.status),
      cell: (row) => <Status of={row.status} />,
      sortable: true,
    },
    { id: "from", header: "Shown is", text: fromWhere },
    {
      id: "publishedAt",
      width: 13,
      header: "Live since",
      text: (row) => row.publishedAt ?? "",
      cell: (row) => (row.publishedAt ? <Time at={row.publishedAt} /> : "–"),
      extra: true,
    },
    {
      id: "failure",
      width: 16,
      header: "Last publication failed",
      text: (row) => row.failure?.message ?? "",
      extra: true,
    },
    {
      id: "validFor",
      width: 14,
      header: "On sale",
      text: (row) => formatValidity(contentOf(row).validFor ?? {}),
      extra: true,
    },
    ...recordColumns,
  ],
});
