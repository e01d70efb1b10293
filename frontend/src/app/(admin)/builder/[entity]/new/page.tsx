import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ENTITIES, isEntity } from "@/features/entities";
import { Editor } from "../../editor";

interface Props {
  params: Promise<{ entity: string }>;
  searchParams: Promise<{ from?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { entity } = await params;
  return { title: isEntity(entity) ? `New ${ENTITIES[entity].one}` : "Builder" };
}

export default async function NewPage({ params, searchParams }: Props) {
  const { entity } = await params;
  const { from } = await searchParams;
  if (!isEntity(entity)) notFound();
  return <Editor entity={entity} from={typeof from === "string" ? from : undefined} />;
}
