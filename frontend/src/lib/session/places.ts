/** Where to go after signing in: a path of this site, never another one. */
export function safePlace(wanted: string | null | undefined, otherwise = "/builder"): string {
  if (!wanted?.startsWith("/") || wanted.startsWith("//") || /[\\\s\p{Cc}]/u.test(wanted)) return otherwise;
  const url = new URL(wanted, "http://here.invalid");
  if (url.origin !== "http://here.invalid" || url.pathname.startsWith("/login")) return otherwise;
  return url.pathname + url.search + url.hash;
}

/** The sign-in page, with where to go afterwards, why it was refused (the status), and seconds to wait if it said so. */
export function loginAt(next: string, refused: number, wait?: string | null): string {
  const query = new URLSearchParams({ next, refused: String(refused) });
  if (wait) query.set("wait", wait);
  return `/login?${query}`;
}
