import type { Metadata } from "next";
import NextLink from "next/link";
import { Button } from "@/components/ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 p-4">
      <h1 tabIndex={-1}>There is nothing at this address</h1>
      <p className="text-ink-soft">It may be mistyped, or what was here is gone.</p>
      <div className="flex flex-wrap gap-2">
        <Button asChild look="primary">
          <NextLink href="/store" prefetch={false}>
            To the store
          </NextLink>
        </Button>
        <Button asChild>
          <NextLink href="/builder" prefetch={false}>
            To the builder
          </NextLink>
        </Button>
      </div>
    </main>
  );
}
