import type { components } from "@/lib/api/schema";

type Offering = components["schemas"]["OfferingView"];
export type Content = components["schemas"]["Content"];

/** What its authors work on: the draft, or else what is live. There always is one of them. */
export function contentOf({ draft, live, key }: Pick<Offering, "draft" | "live" | "key">): Content {
  return draft ?? live ?? { name: key, description: "", category: "", priceIds: [] };
}

/** Whose content that is. */
export function fromWhere({ draft, live }: Pick<Offering, "draft" | "live">): string {
  if (draft && live) return "Draft of a change";
  return draft ? "Draft" : "Live";
}
