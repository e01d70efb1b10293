import { Time } from "@/components/ui/time";
import type { GridColumn } from "./grid";

interface Recorded {
  modifiedAt: string;
  modifiedBy: string;
  createdAt: string;
}

/** When something was changed and made, and by whom: the last columns of every grid of things that are made here. */
export const recordColumns: GridColumn<Recorded>[] = [
  {
    id: "modifiedAt",
    width: 13,
    header: "Changed",
    text: (row) => row.modifiedAt,
    cell: (row) => <Time at={row.modifiedAt} />,
    sortable: true,
    downFirst: true,
  },
  { id: "modifiedBy", width: 8, header: "Changed by", text: (row) => row.modifiedBy, extra: true },
  {
    id: "createdAt",
    width: 13,
    header: "Created",
    text: (row) => row.createdAt,
    cell: (row) => <Time at={row.createdAt} />,
    sortable: true,
    downFirst: true,
    extra: true,
  },
];
