import type { ComponentType } from "react";
import type { Where } from "@/components/form/editor";
import { CharacteristicEditor } from "@/features/characteristic/editor";
import type { Entity } from "@/features/entities";
import { OfferingEditor } from "@/features/offering/editor";
import { PriceEditor } from "@/features/price/editor";
import { SpecificationEditor } from "@/features/specification/editor";

/** Which editor is whose. Chosen on the server, so that a browser loads the code of one entity only. */
export const EDITORS: Readonly<Record<Entity, ComponentType<Where>>> = {
  characteristics: CharacteristicEditor,
  specifications: SpecificationEditor,
  prices: PriceEditor,
  offerings: OfferingEditor,
};
