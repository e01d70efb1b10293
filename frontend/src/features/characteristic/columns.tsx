"use client";

import { defineGrid } from "@/components/data-table/grid";
import { recordColumns } from "@/components/data-table/record-columns";
import { Status, statusWord } from "@/components/ui/status";
import { api, got } from "@/lib/api/browser";
import type { components, paths } from "@/lib/api/schema";
import { VALUE_TYPES } from "./words";

type Row = components["schemas"]["CharacteristicView"];
type Query = NonNullable<paths["/api/characteristics"]["get"]["parameters"]["query"]>;

const STATES: Row["status"][] = ["ACTIVE", "DEPRECATED"];

export const characteristicGrid = defineGrid<Row, Query>({
  entity: "characteristics",
  one: "characteristic",
  many: "characteristics",
  purpose: "A characteristic is one thing that can be said of a product, such as its colour or its weight.",
  sort: "-modifiedAt",
  list: (query, signal) => got(api.GET("/api/characteristics", { params: { query }, signal })),
  filters: [
    { name: "name", label: "Name", kind: "text" },
    { name: "key", label: "Key", kind: "text" },
    {
      name: "valueType",
      label: "Type",
      kind: "choice",
      choices: Object.entries(VALUE_TYPES).map(([value, label]) => ({ value, label })),
    },
    {
      name: "status",
      label: "State",
      kind: "choice",
      choices: STATES.map((value) => ({ value, label: statusWord(value) })),
    },
    { name: "unit", label: "Unit", kind: "text" },
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
    { id: "valueType", header: "Type", text: (row) => VALUE_TYPES[row.valueType], sortable: true },
    { id: "unit", width: 6, header: "Unit", text: (row) => row.unit ?? "", sortable: true },
    {
      id: "allowedValues",
      width: 6,
      header: "Choices",
      text: (row) => (row.valueType === "choice" ? String(row.allowedValues.length) : ""),
      numeric: true,
      extra: true,
    },
    {
      id: "status",
      header: "State",
      text: (row) => statusWord(row.status),
      cell: (row) => <Status of={row.status} />,
      sortable: true,
    },
    { id: "description", width: 16, header: "Description", text: (row) => row.description, extra: true },
    ...recordColumns,
  ],
});
