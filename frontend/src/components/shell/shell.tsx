"use client";

import { Menu } from "lucide-react";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { cn } from "@/lib/cn";
import { Account } from "./account";
import { Link } from "./link";
import { Palette } from "./palette";
import { ThemeChoice } from "./theme-choice";
import { Unreachable } from "./unreachable";

const PLACES = [
  { href: "/builder", label: "Builder" },
  { href: "/viewer", label: "Viewer" },
  { href: "/store", label: "Store" },
];

/** What stands around each page of the admin: the way to the others, and who is here. */
export function Shell({ name, children }: { name: string; children: ReactNode }) {
  const path = usePathname();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const [menu, setMenu] = useState(false);

  // A new page is told by its heading, as a page load would be. (A new `?query` is the same page.)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the path that makes a page new
  useEffect(() => {
    setMenu(false);
    if (first.current) first.current = false;
    else (main.current?.querySelector<HTMLElement>("h1") ?? main.current)?.focus();
  }, [path]);

  const places = PLACES.map(({ href, label }) => (
    <li key={href}>
      <Link
        href={href}
        aria-current={path === href || path.startsWith(`${href}/`) ? "page" : undefined}
        className={cn(
          "block rounded-md px-3 py-2 text-ink-soft hover:bg-sunken hover:text-ink",
          "aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent",
        )}
      >
        {label}
      </Link>
    </li>
  ));

  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <header className="roomy:sticky top-0 z-30 border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-[90rem] items-center gap-2 px-4">
          <Button
            look="quiet"
            size="icon"
            className="sm:hidden"
            aria-label="Menu"
            onClick={() => setMenu(true)}
          >
            <Menu aria-hidden />
          </Button>
          <Link href="/builder" className="mr-2 font-semibold tracking-tight">
            Catalog
          </Link>
          <nav aria-label="Main" className="hidden sm:block">
            <ul className="flex gap-1">{places}</ul>
          </nav>
          <div className="ml-auto flex items-center gap-1">
            <Palette />
            <ThemeChoice />
            <Account name={name} />
          </div>
        </div>
        <Unreachable />
      </header>
      <Dialog open={menu} onOpenChange={setMenu} title="Menu" side>
        <nav aria-label="Main">
          <ul className="grid grid-cols-1 gap-1">{places}</ul>
        </nav>
      </Dialog>
      <main id="main" ref={main} tabIndex={-1} className="mx-auto max-w-[90rem] px-4 py-6">
        {children}
      </main>
    </>
  );
}
