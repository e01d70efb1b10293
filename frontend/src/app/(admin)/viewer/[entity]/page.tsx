import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ENTITIES, isEntity } from "@/features/entities";
import { EntityGrid } from "./grid";
import { EntityTabs } from "./tabs";

interface Props {
  params: Promise<{ entity: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { entity } = await params;
  return { title: isEntity(entity) ? ENTITIES[entity].title : "Not found" };
}

export default async function GridPage({ params }: Props) {
  const { entity } = await params;
  if (!isEntity(entity)) notFound();
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 tabIndex={-1}>{ENTITIES[entity].title}</h1>
        <EntityTabs present={entity} />
      </div>
      <EntityGrid key={entity} entity={entity} />
    </div>
  );
}
