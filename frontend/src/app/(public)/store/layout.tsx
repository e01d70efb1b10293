import type { Metadata } from "next";
import { cookies } from "next/headers";
import NextLink from "next/link";
import type { ReactNode } from "react";
import { ThemeChoice } from "@/components/shell/theme-choice";
import { buttonLook } from "@/components/ui/button-look";
import { PendingBar } from "@/features/store/pending";
import { STORE } from "@/features/store/question";
import { SearchBox } from "@/features/store/search-box";
import { env } from "@/lib/env";
import { mayHaveSession } from "@/lib/session/cookie";

export const generateMetadata = (): Metadata => ({ metadataBase: new URL(env().CATALOG_PUBLIC_URL) });

/** What stands around each page of the store. */
export default async function StoreLayout({ children }: { children: ReactNode }) {
  const signedIn = mayHaveSession(await cookies());
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <PendingBar />
      <header className="roomy:sticky top-0 z-30 border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-[90rem] items-center gap-2 px-4 sm:gap-4">
          <NextLink href={STORE} prefetch={false} className="font-semibold tracking-tight">
            Store
          </NextLink>
          <SearchBox />
          <div className="ml-auto flex items-center gap-1">
            <span className="hidden sm:inline noscript:hidden">
              <ThemeChoice />
            </span>
            <NextLink
              href={signedIn ? "/builder" : "/login"}
              prefetch={false}
              className={buttonLook("quiet", undefined, "px-2 sm:px-3")}
            >
              {signedIn ? "Builder" : "Sign in"}
            </NextLink>
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto max-w-[90rem] px-4 py-5">
        {children}
      </main>
    </>
  );
}
