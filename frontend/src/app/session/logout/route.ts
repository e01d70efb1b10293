import { type NextRequest, NextResponse } from "next/server";
import { attributes, cleared, opened } from "@/lib/session/cookie";
import { foreign, isOurs } from "@/lib/session/origin";
import { signOut } from "@/lib/session/tokens";

export async function POST(request: NextRequest) {
  if (!isOurs(request)) return foreign();
  const session = await opened(request.cookies);
  if (session) await signOut(session);
  const response = new NextResponse(null, { status: 204, headers: { "cache-control": "no-store" } });
  for (const { name, value, maxAge } of cleared()) {
    response.cookies.set(name, value, { ...attributes(), maxAge });
  }
  response.headers.set("clear-site-data", '"cache"');
  return response;
}
