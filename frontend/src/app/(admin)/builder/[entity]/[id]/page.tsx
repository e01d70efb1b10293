import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ENTITIES, isEntity } from "@/features/entities";
import { EDITORS } from "../../editors";

interface Props {
  params: Promise<{ entity: string; id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { entity } = await params;
  return { title: isEntity(entity) ? `Edit ${ENTITIES[entity].one}` : "Builder" };
}

export default async function EditPage({ params }: Props) {
  const { entity, id } = await params;
  if (!isEntity(entity)) notFound();
  const Editor = EDITORS[entity];
  return <Editor id={id} />;
}
