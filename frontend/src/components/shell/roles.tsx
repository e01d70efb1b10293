"use client";

import { createContext, type ReactNode, useContext } from "react";
import { may, type Role } from "@/lib/session/roles";

const Roles = createContext<readonly string[]>([]);

export function RolesProvider({ roles, children }: { roles: readonly string[]; children: ReactNode }) {
  return <Roles.Provider value={roles}>{children}</Roles.Provider>;
}

/** Whether who has signed in has a role. What is offered follows it; what is done the gateway judges. */
export const useMay = (wanted: Role) => may(useContext(Roles), wanted);
