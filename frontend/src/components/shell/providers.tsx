"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Toaster } from "sonner";
import { config } from "zod/mini";
import { SignInAgain } from "@/features/session/sign-in-again";
import { problemOf } from "@/lib/api/problem";
import { RolesProvider } from "./roles";

config({ jitless: true }); // zod would try `eval`, which the content security policy reports

/** What pages of the admin share. A read is tried again when nobody answered; what was refused is not. */
export function Providers({ roles, children }: { roles: readonly string[]; children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 5_000,
            retry: (failures, error) => problemOf(error).unreachable && failures < 2,
            refetchOnWindowFocus: true,
          },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <RolesProvider roles={roles}>
        {children}
        <SignInAgain />
        <Toaster
          position="bottom-right"
          theme="system"
          closeButton
          // above the bar that saves, which is where the focus is
          offset={{ bottom: "4.5rem", right: "1rem" }}
          mobileOffset={{ bottom: "6.5rem" }}
          style={{ fontFamily: "inherit" }}
        />
      </RolesProvider>
    </QueryClientProvider>
  );
}
