"use client";

import { CharacteristicDetail } from "@/features/characteristic/detail";
import type { Entity } from "@/features/entities";
import { OfferingDetail } from "@/features/offering/detail";
import { PriceDetail } from "@/features/price/detail";
import { SpecificationDetail } from "@/features/specification/detail";

export function EntityDetail({ entity, id }: { entity: Entity; id: string }) {
  switch (entity) {
    case "characteristics":
      return <CharacteristicDetail id={id} />;
    case "specifications":
      return <SpecificationDetail id={id} />;
    case "prices":
      return <PriceDetail id={id} />;
    case "offerings":
      return <OfferingDetail id={id} />;
  }
}
