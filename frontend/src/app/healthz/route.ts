import { env } from "@/lib/env";

export const dynamic = "force-dynamic";

/** Whether this server is up and knows what it needs to. That of the platform is the gateway's to tell. */
export function GET() {
  env();
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
