import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Publication } from "@/features/publish/publication";

export const metadata: Metadata = { title: "Publication" };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default async function PublicationPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!ID.test(id)) notFound();
  return <Publication key={id} id={id} />;
}
