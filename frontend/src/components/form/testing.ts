import type { z } from "zod/mini";

/** For tests: where a schema finds fault, as the platform points there. */
export function pointersOf(result: z.core.util.SafeParseResult<unknown>): string[] {
  if (result.success) return [];
  return [...new Set(result.error.issues.map((one) => `/${one.path.join("/")}`))].sort();
}
