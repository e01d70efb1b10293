import "server-only";
import { hkdfSync } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import type { ReadonlyRequestCookies } from "next/dist/server/web/spec-extension/adapters/request-cookies";
import { env } from "@/lib/env";

/** The tokens of a person who has signed in. Times are milliseconds since 1970. */
export interface Session {
  accessToken: string;
  refreshToken: string;
  accessUntil: number;
  refreshUntil: number;
  name: string;
  roles: string[];
}

/** Browsers keep 4 KB for each cookie, name and attributes included; two JSON web tokens are more. */
const CHUNK = 3500;
const MOST_CHUNKS = 8;

export const secure = () => env().CATALOG_PUBLIC_URL.startsWith("https:");
const base = () => (secure() ? "__Host-catalog" : "catalog");

let derived: Uint8Array | undefined;
function key(): Uint8Array {
  derived ??= new Uint8Array(hkdfSync("sha256", env().CATALOG_SESSION_SECRET, "", "catalog session", 32));
  return derived;
}

export interface CookieChange {
  name: string;
  value: string;
  maxAge: number;
}

/** The cookies that hold a session: encrypted (JWE, A256GCM), because the tokens in it are good elsewhere, too. */
export async function sealed(session: Session): Promise<CookieChange[]> {
  const text = await new EncryptJWT({ ...session })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setExpirationTime(Math.floor(session.refreshUntil / 1000))
    .encrypt(key());
  const maxAge = Math.max(0, Math.floor((session.refreshUntil - Date.now()) / 1000));
  const parts = text.match(new RegExp(`.{1,${CHUNK}}`, "g")) ?? [];
  if (parts.length > MOST_CHUNKS) throw new Error("The tokens are too large for cookies.");
  const written = parts.map((value, i) => ({ name: `${base()}.${i}`, value, maxAge }));
  // What a longer session left behind would make this one unreadable.
  const rest = Array.from({ length: MOST_CHUNKS - parts.length }, (_, i) =>
    gone(`${base()}.${i + parts.length}`),
  );
  return [...written, ...rest];
}

/** The cookies of nobody. */
export const cleared = (): CookieChange[] =>
  Array.from({ length: MOST_CHUNKS }, (_, i) => gone(`${base()}.${i}`));

const gone = (name: string): CookieChange => ({ name, value: "", maxAge: 0 });

/** The session in the cookies of a request; null when there is none, or none of ours. */
export async function opened(cookies: Pick<ReadonlyRequestCookies, "get">): Promise<Session | null> {
  let text = "";
  for (let i = 0; i < MOST_CHUNKS; i++) {
    const part = cookies.get(`${base()}.${i}`)?.value;
    if (!part) break;
    text += part;
  }
  if (!text) return null;
  try {
    const { payload } = await jwtDecrypt(text, key(), {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return payload as unknown as Session;
  } catch {
    return null;
  }
}

/** Whether a request brings a session, without looking whether it is a good one. */
export const mayHaveSession = (cookies: Pick<ReadonlyRequestCookies, "get">): boolean =>
  Boolean(cookies.get(`${base()}.0`)?.value);

export const attributes = () => ({
  httpOnly: true,
  sameSite: "lax" as const,
  secure: secure(),
  path: "/",
});
