import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { LoginForm, type Refusal } from "@/features/session/login-form";
import { safePlace } from "@/lib/session/places";
import { presentSession } from "@/lib/session/present";

export const metadata: Metadata = { title: "Sign in" };

interface Props {
  searchParams: Promise<Partial<Record<"next" | "refused" | "wait", string | string[]>>>;
}

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** What the address says of a form that the browser has sent by itself. */
function refusalIn(status: string | undefined, wait: string | undefined): Refusal | null {
  const [code, seconds] = [Number(status), Number(wait)];
  if (!Number.isInteger(code) || code < 400) return null;
  return { status: code, wait: Number.isInteger(seconds) && seconds > 0 ? seconds : null };
}

export default async function LoginPage({ searchParams }: Props) {
  const { next, refused, wait } = await searchParams;
  const place = safePlace(first(next));
  const session = await presentSession();
  if (session && session.refreshUntil > Date.now()) redirect(place);
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm space-y-6 rounded-lg border border-line bg-surface p-6 shadow-sm">
        <div className="space-y-1">
          <h1>Sign in to the catalog</h1>
          <p className="text-ink-soft">Authors describe and price, publishers publish, readers look.</p>
        </div>
        <LoginForm place={place} refused={refusalIn(first(refused), first(wait))} />
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
