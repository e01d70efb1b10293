"use client";

import createClient, { type Middleware } from "openapi-fetch";
import { problemIn, problemOf } from "./problem";
import type { paths } from "./schema";

/** Heard when the session has ended while somebody was at work: see `SignInAgain`. */
export const SIGNED_OUT = "catalog:signed-out";

/** Heard when the platform could not be reached: see `Unreachable`. */
export const UNREACHABLE = "catalog:unreachable";

const throwing: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    if (response.status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
    const problem = problemIn(response, await response.json().catch(() => null));
    if (problem.unreachable) window.dispatchEvent(new Event(UNREACHABLE));
    throw problem;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined; // nobody waits any more
    const problem = problemOf(error);
    if (problem.status === 0) window.dispatchEvent(new Event(UNREACHABLE));
    return problem;
  },
};

/**
 * The platform as this browser reaches it: through our own server, which adds the access token.
 * Answers that are no success are thrown as `Problem`, so `data` is what the contract says.
 */
export const api = createClient<paths>({ baseUrl: "/bff" });
api.use(throwing);

/** The data of an answer. */
export async function got<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  return (await answer).data as T;
}

/** The version in an ETag, as `If-Match` wants it back. */
export const ifMatch = (version: number) => `"${version}"`;
