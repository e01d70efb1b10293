import { type NextRequest, NextResponse } from "next/server";
import { z } from "zod";
import { formOf, jsonOf } from "@/lib/session/body";
import { attributes, sealed } from "@/lib/session/cookie";
import { foreign, isOurs } from "@/lib/session/origin";
import { loginAt, safePlace } from "@/lib/session/places";
import { Refused, signIn } from "@/lib/session/tokens";

const Given = z.object({ username: z.string().min(1).max(255), password: z.string().min(1).max(1024) });
/** Bytes of a name and a password, escaped as JSON or a form may. */
const LARGEST = 16 * 1024;

/**
 * Sign somebody in. The page asks with JSON, and is told with a problem document why not; a browser that sends the form by
 * itself (no script runs there, or none yet) is led on, or back to the form with the reason in its address.
 */
export async function POST(request: NextRequest) {
  if (!isOurs(request)) return foreign();
  if (!request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    return signedIn(await jsonOf(request, LARGEST));
  }
  const form = await formOf(request, LARGEST);
  const place = safePlace(form.get("next"));
  const answer = await signedIn(Object.fromEntries(form));
  const headers = new Headers(answer.headers);
  headers.delete("content-type");
  headers.set("location", answer.ok ? place : loginAt(place, answer.status, headers.get("retry-after")));
  return new NextResponse(null, { status: 303, headers });
}

async function signedIn(credentials: unknown): Promise<NextResponse> {
  const given = Given.safeParse(credentials);
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
