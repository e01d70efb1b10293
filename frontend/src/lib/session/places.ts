/** Where to go after signing in: a path of this site, never another one. */
export function safePlace(wanted: string | null | undefined, otherwise = "/builder"): string {
  if (!wanted?.startsWith("/") || wanted.startsWith("//") || /[\\\s\p{Cc}]/u.test(wanted)) return otherwise;
  const url = new URL(wanted, "http://here.invalid");
  if (url.origin !== "http://here.invalid" || url.pathname.startsWith("/login")) return otherwise;
  return url.pathname + url.search + url.hash;
}
