import "server-only";
import { env } from "@/lib/env";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request that changes something comes from a page of ours. Cookies travel with other sites' requests,
 * so those have to say where they come from: browsers send `Sec-Fetch-Site`, or at least `Origin`.
 */
export function isOurs(request: Request): boolean {
  if (SAFE.has(request.method)) return true;
  const site = request.headers.get("sec-fetch-site");
  if (site) return site === "same-origin";
  const origin = request.headers.get("origin");
  if (!origin) return false;
  const ours = new URL(env().CATALOG_PUBLIC_URL);
  return origin === ours.origin || origin === `${ours.protocol}//${request.headers.get("host")}`;
}

export const foreign = () =>
  Response.json(
    {
      status: 403,
      code: "foreign_origin",
      title: "Forbidden",
      detail: "This came from another site, so nothing was done.",
    },
    { status: 403, headers: { "content-type": "application/problem+json" } },
  );
