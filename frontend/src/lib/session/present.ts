import "server-only";
import { cookies } from "next/headers";
import { opened, type Session } from "./cookie";

/** Who has signed in, for pages. They show and hide by it; the gateway judges every request itself. */
export async function presentSession(): Promise<Session | null> {
  return opened(await cookies());
}
