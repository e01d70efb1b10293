import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { LoginForm } from "@/features/session/login-form";
import { safePlace } from "@/lib/session/places";
import { presentSession } from "@/lib/session/present";

export const metadata: Metadata = { title: "Sign in" };

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const place = safePlace(Array.isArray(next) ? next[0] : next);
  const session = await presentSession();
  if (session && session.refreshUntil > Date.now()) redirect(place);
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm space-y-6 rounded-lg border border-line bg-surface p-6 shadow-sm">
        <div className="space-y-1">
          <h1>Sign in to the catalog</h1>
          <p className="text-ink-soft">Authors describe and price, publishers publish, readers look.</p>
        </div>
        <LoginForm place={place} />
        <p className="text-ink-soft">
          Only looking for something to buy?{" "}
          <a className="text-accent underline underline-offset-2" href="/store">
            The store is open to everybody.
          </a>
        </p>
      </div>
    </main>
  );
}
