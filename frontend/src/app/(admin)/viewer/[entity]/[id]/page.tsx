import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ENTITIES, isEntity } from "@/features/entities";
import { EntityDetail } from "./detail";

interface Props {
  params: Promise<{ entity: string; id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { entity } = await params;
  return { title: isEntity(entity) ? ENTITIES[entity].title : "Not found" };
}

export default async function DetailPage({ params }: Props) {
  const { entity, id } = await params;
  if (!isEntity(entity)) notFound();
  return <EntityDetail key={id} entity={entity} id={id} />;
}
