import "server-only";
import type { NextRequest } from "next/server";
import { problemOf } from "@/lib/api/problem";
import { isSpelled, questionOf, STORE } from "./question";
import { entryUnder, isAway, isRefused, someOf } from "./read";

/** Tells the page that the store did not answer a moment ago, so that nobody waits for it twice. */
export const AWAY_HEADER = "x-store-away";

/**
 * The status of a page of the store. Pages are written in full, also those that say that something is not there:
 * they are read without JavaScript, for which the framework's own error pages are empty. So they have no say in
 * their status; it is found out before, by as small a question as there is.
 */
export async function storeStatus(request: NextRequest): Promise<number> {
  const { pathname, searchParams } = request.nextUrl;
  const reads = request.method === "GET" || request.method === "HEAD";
  const navigates = (request.headers.get("sec-fetch-dest") ?? "document") === "document";
  if (!reads || !navigates || !(pathname === STORE || pathname.startsWith(`${STORE}/`))) return 200;
  try {
    if (pathname !== STORE) return await statusUnder(pathname.slice(STORE.length + 1));
    const pairs = [...searchParams];
    const question = questionOf(pairs);
    if (isSpelled(question, pairs)) await someOf(question, 1);
    return 200;
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (isRefused(problem.status)) return 400;
    return isAway(problem) ? 503 : 200; // a fault is the page's to show
  }
}

async function statusUnder(segment: string): Promise<number> {
  if (segment.includes("/")) return 200; // no page of ours
  const key = keyIn(segment);
  return key !== null && (await entryUnder(key)) ? 200 : 404;
}

/** The key in a step of a path; null when it is none that could be read. */
export function keyIn(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
