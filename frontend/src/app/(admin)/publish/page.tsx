import type { Metadata } from "next";
import { Publications } from "@/features/publish/publications";

export const metadata: Metadata = { title: "Publications" };

export default function PublicationsPage() {
  return <Publications />;
}
