import type { Metadata } from "next";
import { Importer } from "@/features/import/importer";
import { type Schema, shapesOf } from "@/features/import/shape";
import document from "../../../../openapi.json";

export const metadata: Metadata = { title: "Import" };

/** How bodies look is the contract's word: of its document the browser gets only what is needed for that. */
const shapes = shapesOf(document.components.schemas as Record<string, Schema>);

export default function ImportPage() {
  return <Importer shapes={shapes} />;
}
