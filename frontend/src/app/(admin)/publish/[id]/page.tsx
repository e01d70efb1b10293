import type { Metadata } from "next";
import { Publication } from "@/features/publish/publication";

export const metadata: Metadata = { title: "Publication" };

export default async function PublicationPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <Publication key={id} id={id} />;
}
