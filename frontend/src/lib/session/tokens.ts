import "server-only";
import { decodeJwt } from "jose";
import type { components } from "@/lib/api/schema";
import { within } from "@/lib/deadline";
import { env } from "@/lib/env";
import type { Session } from "./cookie";

type Tokens = components["schemas"]["TokensView"];

/** What the gateway said no with; its problem document goes to the browser as it is. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
    readonly retryAfter: string | null,
  ) {
    super(`The gateway answers ${status}.`);
  }
}

/** The text of the answer. */
function ask(path: string, body: object): Promise<string> {
  return within(async (signal) => {
    const answer = await fetch(new URL(path, env().CATALOG_GATEWAY_URL), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      signal,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Refused(answer.status, text, answer.headers.get("retry-after"));
    return text;
  });
}

/** Sign in with a password. Throws Refused. */
export async function signIn(username: string, password: string): Promise<Session> {
  return sessionOf(JSON.parse(await ask("/login", { username, password })));
}

/** End the session at the issuer; whether it is reached does not matter to who leaves. */
export async function signOut(session: Session): Promise<void> {
  await ask("/logout", { refreshToken: session.refreshToken }).catch(() => undefined);
}

/** Who asks at the same time with the same token shares the answer: a second use of one would end the session. */
const running = new Map<string, Promise<Session>>();
/** The answer stays for who was on the way with the old cookie when the new one was set. */
const KEPT = 10_000;

/** Continue a session, once for each refresh token however many ask. Throws Refused. */
export function refreshed(session: Session): Promise<Session> {
  const token = session.refreshToken;
  let asked = running.get(token);
  if (!asked) {
    asked = ask("/token/refresh", { refreshToken: token }).then((text) => sessionOf(JSON.parse(text)));
    running.set(token, asked);
    const forget = () => running.delete(token);
    asked.then(() => setTimeout(forget, KEPT).unref(), forget);
  }
  return asked;
}

function sessionOf(tokens: Tokens): Session {
  const now = Date.now();
  const claims = decodeJwt(tokens.accessToken);
  return {
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    accessUntil: now + tokens.expiresIn * 1000,
    refreshUntil: now + tokens.refreshExpiresIn * 1000,
    name: String(claims.preferred_username ?? claims.name ?? ""),
    roles: Array.isArray(claims.roles) ? claims.roles.map(String) : [],
  };
}
