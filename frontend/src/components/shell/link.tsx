"use client";

import NextLink from "next/link";
import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";
import { hasUnsaved, mayLeave } from "./leaving";

/** A link that asks before it leaves a form with something unsaved: all links of the admin are this one. */
export function Link({ onNavigate, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink
      prefetch={false}
      {...rest}
      onNavigate={(event) => {
        if (hasUnsaved() && !mayLeave()) event.preventDefault();
        else onNavigate?.(event);
      }}
    />
  );
}

/** `router.push` with the same question, for what is no link. Returns whether the page is left. */
export function useGo() {
  const router = useRouter();
  return (href: string): boolean => {
    if (!mayLeave()) return false;
    router.push(href);
    return true;
  };
}
