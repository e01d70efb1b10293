import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";
import { presentSession } from "@/lib/session/present";

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const session = await presentSession();
  if (!session) redirect("/login");
  return (
    <Providers roles={session.roles}>
      <Shell name={session.name}>{children}</Shell>
    </Providers>
  );
}
