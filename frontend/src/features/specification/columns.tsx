"use client";

import { defineGrid } from "@/components/data-table/grid";
import { recordColumns } from "@/components/data-table/record-columns";
import { Status, statusWord } from "@/components/ui/status";
import { api, got } from "@/lib/api/browser";
import type { components, paths } from "@/lib/api/schema";

type Row = components["schemas"]["SpecificationView"];
type Query = NonNullable<paths["/api/specifications"]["get"]["parameters"]["query"]>;

const STATES: Row["status"][] = ["DRAFT", "ACTIVE", "RETIRED"];

export const specificationGrid = defineGrid<Row, Query>({
  entity: "specifications",
  one: "specification",
  many: "specifications",
  purpose:
    "A specification is a kind of product: which characteristics its offerings have, and which they must have.",
  sort: "-modifiedAt",
  list: (query, signal) => got(api.GET("/api/specifications", { params: { query }, signal })),
  filters: [
    { name: "name", label: "Name", kind: "text" },
    { name: "key", label: "Key", kind: "text" },
    {
      name: "status",
      label: "State",
      kind: "choice",
      choices: STATES.map((value) => ({ value, label: statusWord(value) })),
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
    {
      id: "characteristics",
      width: 11,
      header: "Characteristics",
      text: (row) => row.characteristicKeys.join(", "),
      cell: (row) => (
        <span title={row.characteristicKeys.join(", ")}>
          {row.uses.length}
          <span className="text-ink-soft">, {row.uses.filter((one) => one.required).length} required</span>
        </span>
      ),
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
