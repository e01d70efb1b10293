import type { Metadata } from "next";
import NextLink from "next/link";
import { buttonLook } from "@/components/ui/button-look";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 p-4">
      <h1 tabIndex={-1}>There is nothing at this address</h1>
      <p className="text-ink-soft">It may be mistyped, or what was here is gone.</p>
      <div className="flex flex-wrap gap-2">
        <NextLink href="/store" prefetch={false} className={buttonLook("primary")}>
          To the store
        </NextLink>
        <NextLink href="/builder" prefetch={false} className={buttonLook()}>
          To the builder
        </NextLink>
      </div>
    </main>
  );
}
