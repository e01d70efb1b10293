import { type NextRequest, NextResponse } from "next/server";
import { AWAY_HEADER, storeStatus } from "@/features/store/status";
import { secure } from "@/lib/session/cookie";

/** Pages of people who have signed in. Who may do what is the gateway's judgement: this only saves a page load. */
const PRIVATE = /^\/(builder|viewer|publish|import)(\/|$)/;

/** Content security policy with a nonce for each page, and the way to the login page. */
export async function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  const signedIn = request.cookies.has("catalog.0") || request.cookies.has("__Host-catalog.0");
  if (PRIVATE.test(pathname) && !signedIn) {
    const login = new URL("/login", request.url);
    login.searchParams.set("next", pathname + search);
    return NextResponse.redirect(login);
  }
  const nonce = btoa(crypto.randomUUID());
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const status = await storeStatus(request);
  if (status === 503) headers.set(AWAY_HEADER, "true");
  else headers.delete(AWAY_HEADER);
  const response = NextResponse.next({ status, request: { headers } });
  if (status === 503) response.headers.set("retry-after", "5");
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  if (secure()) response.headers.set("strict-transport-security", "max-age=31536000");
  return response;
}

export const config = {
  matcher: [{ source: "/((?!bff|session|_next/static|_next/image|icon.svg).*)" }],
};
