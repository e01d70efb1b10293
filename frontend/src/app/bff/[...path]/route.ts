import { type NextRequest, NextResponse } from "next/server";
import { within } from "@/lib/deadline";
import { env } from "@/lib/env";
import { bodyOf } from "@/lib/session/body";
import { attributes, type CookieChange, cleared, opened, type Session, sealed } from "@/lib/session/cookie";
import { foreign, isOurs } from "@/lib/session/origin";
import { Refused, refreshed } from "@/lib/session/tokens";

/** What a browser may ask the gateway for, and no other path: this server adds a token to it. */
const ALLOWED = /^api\/(characteristics|specifications|prices|offerings|publications|store|whoami)(\/|$)/;
/** Steps that `URL` would resolve after the path was looked at, hidden (`%2e%2e`) or not. */
const DOTS = /(^|\/)\.{1,2}(\/|$)/;
const FORWARDED = [
  "accept",
  "content-type",
  "if-match",
  "idempotency-key",
  "x-correlation-id",
  "last-event-id",
];
const RETURNED = [
  "content-type",
  "etag",
  "location",
  "retry-after",
  "x-trace-id",
  "x-correlation-id",
  "idempotent-replayed",
];
/** Seconds before its end in which a token is exchanged: it shall not end on the way. */
const EARLY = 10_000;

async function forward(request: NextRequest, { params }: { params: Promise<{ path: string[] }> }) {
  const path = (await params).path.map(encodeURIComponent).join("/");
  if (!ALLOWED.test(path) || DOTS.test(path))
    return problem(404, "not_found", "There is nothing at this address.");
  if (!isOurs(request)) return foreign();
  const body = request.method === "GET" ? undefined : await bodyOf(request);
  if (body === null) return problem(413, "too_large", "A request may have 1 MB at most.");
  let session = await opened(request.cookies);
  let changes: CookieChange[] = [];
  if (session && session.accessUntil - EARLY < Date.now()) {
    const renewed = await renew(session);
    if (renewed instanceof Response) return renewed;
    ({ session, changes } = renewed);
  }
  const target = new URL(`/${path}${request.nextUrl.search}`, env().CATALOG_GATEWAY_URL);
  let answer = await ask(request, target, body, session);
  if (answer.status === 401 && session && !changes.length) {
    const renewed = await renew(session);
    if (renewed instanceof Response) return renewed;
    ({ session, changes } = renewed);
    answer = await ask(request, target, body, session);
  }
  return passed(answer, changes);
}

async function ask(
  request: NextRequest,
  target: URL,
  body: Uint8Array<ArrayBuffer> | undefined,
  session: Session | null,
) {
  const headers = new Headers();
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value) headers.set(name, value);
  }
  if (session) headers.set("authorization", `Bearer ${session.accessToken}`);
  try {
    // The deadline is for the head of the answer: a stream may last.
    return await within((late) =>
      fetch(target, {
        method: request.method,
        headers,
        body: body?.byteLength ? body : null,
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.any([request.signal, late]), // who leaves a stream ends it
      }),
    );
  } catch {
    return problem(
      502,
      "gateway_unreachable",
      "The gateway does not answer right now; please try again soon.",
    );
  }
}

/** The session with a new access token and its cookies, or the answer that ends it. */
async function renew(session: Session): Promise<{ session: Session; changes: CookieChange[] } | Response> {
  try {
    const next = await refreshed(session);
    return { session: next, changes: await sealed(next) };
  } catch (error) {
    if (error instanceof Refused && error.status < 500 && error.status !== 429) {
      return passed(
        problem(401, "session_ended", "Your session has ended: please sign in again."),
        cleared(),
      );
    }
    return problem(
      503,
      "identity_unavailable",
      "Sign-in cannot be checked right now; please try again soon.",
    );
  }
}

function passed(answer: Response, changes: CookieChange[]): NextResponse {
  const headers = new Headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  for (const name of RETURNED) {
    const value = answer.headers.get(name);
    if (value) headers.set(name, value);
  }
  const response = new NextResponse(answer.body, { status: answer.status, headers });
  for (const { name, value, maxAge } of changes) {
    response.cookies.set(name, value, { ...attributes(), maxAge });
  }
  return response;
}

function problem(status: number, code: string, detail: string): Response {
  return Response.json(
    { type: `urn:catalog:problem:${code}`, title: code, status, code, detail, traceId: "" },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

export { forward as DELETE, forward as GET, forward as POST, forward as PUT };
