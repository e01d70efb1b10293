const RANKS = ["reader", "author", "publisher", "operator"] as const;
export type Role = (typeof RANKS)[number];

/** Whether roles include this one: each includes those before it. */
export function may(roles: readonly string[], wanted: Role): boolean {
  const rank = Math.max(-1, ...roles.map((one) => RANKS.indexOf(one as Role)));
  return rank >= RANKS.indexOf(wanted);
}
