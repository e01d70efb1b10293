import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ENTITIES, isEntity } from "@/features/entities";
import { EDITORS } from "../../editors";

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
  const Editor = EDITORS[entity];
  return <Editor from={typeof from === "string" ? from : undefined} />;
}
