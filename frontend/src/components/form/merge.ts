/** Two people have changed the same thing: what differs, field by field, and what becomes of it. */

export interface Difference {
  /** The field, such as "validFor.from". */
  name: string;
  before: unknown;
  mine: unknown;
  theirs: unknown;
  /** Who has changed it. Where both have, somebody has to choose. */
  by: "me" | "them" | "both";
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Nothing, whether it was never typed or taken away again. */
const isNothing = (value: unknown) =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

const same = (one: unknown, other: unknown) =>
  isNothing(one) ? isNothing(other) : JSON.stringify(one) === JSON.stringify(other);

/** Whether two states of a form say the same. */
export const saysTheSame = (one: unknown, other: unknown) => differences(other, one, other).length === 0;

/** What differs between three states of one form. A list is one field: its order means something. */
export function differences(before: unknown, mine: unknown, theirs: unknown, name = ""): Difference[] {
  if (isObject(mine) && isObject(theirs)) {
    const old = isObject(before) ? before : {};
    const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    return [...keys].flatMap((key) =>
      differences(old[key], mine[key], theirs[key], name ? `${name}.${key}` : key),
    );
  }
  if (same(mine, theirs)) return [];
  const by = same(before, theirs) ? "me" : same(before, mine) ? "them" : "both";
  return [{ name, before, mine, theirs, by }];
}

/** Their state with what is mine: what I alone have changed, and of what both have, what `keep` names. */
export function merged<T>(theirs: T, found: readonly Difference[], keep: ReadonlySet<string>): T {
  const result = structuredClone(theirs);
  for (const one of found) {
    if (one.by === "me" || (one.by === "both" && keep.has(one.name))) put(result, one.name, one.mine);
  }
  return result;
}

function put(target: unknown, name: string, value: unknown): void {
  const steps = name.split(".");
  const last = steps.pop() ?? "";
  let node = target as Record<string, unknown>;
  for (const step of steps) {
    if (!isObject(node[step])) node[step] = {};
    node = node[step] as Record<string, unknown>;
  }
  if (value === undefined) delete node[last];
  else node[last] = structuredClone(value);
}
