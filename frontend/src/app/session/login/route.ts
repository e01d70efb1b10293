import { type NextRequest, NextResponse } from "next/server";
import { z } from "zod";
import { attributes, sealed } from "@/lib/session/cookie";
import { foreign, isOurs } from "@/lib/session/origin";
import { Refused, signIn } from "@/lib/session/tokens";

const Given = z.object({ username: z.string().min(1).max(255), password: z.string().min(1).max(1024) });

export async function POST(request: NextRequest) {
  if (!isOurs(request)) return foreign();
  const given = Given.safeParse(await request.json().catch(() => null));
  if (!given.success) {
    return told(422, "invalid", "A user name and a password are needed.");
  }
  try {
    const session = await signIn(given.data.username, given.data.password);
    const response = NextResponse.json({ name: session.name, roles: session.roles });
    for (const { name, value, maxAge } of await sealed(session)) {
      response.cookies.set(name, value, { ...attributes(), maxAge });
    }
    response.headers.set("cache-control", "no-store");
    return response;
  } catch (error) {
    if (error instanceof Refused && error.status !== 503) {
      const headers: HeadersInit = {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
      };
      if (error.retryAfter) headers["retry-after"] = error.retryAfter;
      return new NextResponse(error.body, { status: error.status, headers });
    }
    return told(503, "identity_unavailable", "Sign-in is not possible right now; please try again soon.");
  }
}

function told(status: number, code: string, detail: string) {
  return NextResponse.json(
    { type: `urn:catalog:problem:${code}`, title: code, status, code, detail, traceId: "" },
    { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store" } },
  );
}
