"use client";

import { DataTable } from "@/components/data-table/data-table";
import { characteristicGrid } from "@/features/characteristic/columns";
import type { Entity } from "@/features/entities";
import { offeringGrid } from "@/features/offering/columns";
import { priceGrid } from "@/features/price/columns";
import { specificationGrid } from "@/features/specification/columns";

export function EntityGrid({ entity }: { entity: Entity }) {
  switch (entity) {
    case "characteristics":
      return <DataTable grid={characteristicGrid} />;
    case "specifications":
      return <DataTable grid={specificationGrid} />;
    case "prices":
      return <DataTable grid={priceGrid} />;
    case "offerings":
      return <DataTable grid={offeringGrid} />;
  }
}
