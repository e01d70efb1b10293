"use client";

import { defineGrid } from "@/components/data-table/grid";
import { Time } from "@/components/ui/time";
import { api, got } from "@/lib/api/browser";
import type { components, paths } from "@/lib/api/schema";
import { isFinal } from "./state";
import { PROGRESSES, ProgressBadge, progressWord } from "./status";
import { duration } from "./words";

type Row = components["schemas"]["PublicationView"];
type Query = NonNullable<paths["/api/publications"]["get"]["parameters"]["query"]>;

export const publicationGrid = defineGrid<Row, Query>({
  entity: "publications",
  one: "publication",
  many: "publications",
  purpose: "A publication is an attempt to show an offering's draft to shoppers.",
  place: "/publish",
  authored: false,
  sort: "-requestedAt",
  list: (query, signal) => got(api.GET("/api/publications", { params: { query }, signal })),
  filters: [
    { name: "offeringKey", label: "Offering", kind: "text" },
    {
      name: "status",
      label: "State",
      kind: "choice",
      choices: PROGRESSES.map((value) => ({ value, label: progressWord(value) })),
    },
  ],
  columns: [
    { id: "offeringKey", header: "Offering", text: (row) => row.offeringKey, sortable: true },
    {
      id: "status",
      header: "State",
      text: (row) => progressWord(row.status),
      cell: (row) => <ProgressBadge of={row.status} />,
      sortable: true,
    },
    {
      id: "requestedAt",
      header: "Requested",
      text: (row) => row.requestedAt,
      cell: (row) => <Time at={row.requestedAt} />,
      sortable: true,
      downFirst: true,
    },
    { id: "requestedBy", header: "Requested by", text: (row) => row.requestedBy },
    { id: "took", header: "Took", text: took, numeric: true },
    {
      id: "cause",
      header: "Cause",
      text: (row) => row.cause?.message ?? "",
      cell: (row) => <span title={row.cause?.message}>{row.cause?.message ?? "–"}</span>,
    },
    {
      id: "endedAt",
      header: "Ended",
      text: (row) => row.endedAt ?? "",
      cell: (row) => (row.endedAt ? <Time at={row.endedAt} /> : "–"),
      sortable: true,
      downFirst: true,
      extra: true,
    },
    {
      id: "offeringVersion",
      header: "Version",
      text: (row) => String(row.offeringVersion),
      numeric: true,
      extra: true,
    },
  ],
});

function took({ requestedAt, endedAt, status }: Row): string {
  if (endedAt) return duration(Date.parse(endedAt) - Date.parse(requestedAt));
  return isFinal(status) ? "" : "not ended";
}
