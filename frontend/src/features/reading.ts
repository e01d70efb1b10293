import type { Entity } from "./entities";

/** How things of one kind are read and called. What only looks at them needs no more. */
export interface Reader<View> {
  entity: Entity;
  nameOf: (view: View) => string;
  read: (id: string) => Promise<View>;
}

/** The query for one thing. All who ask under this key get the same shape. */
export const oneOf = <View>({ entity, read }: Reader<View>, id: string) => ({
  queryKey: [entity, "one", id],
  queryFn: () => read(id),
});

/** The query for several things by their ids, in any order; those that do not exist are left out. */
export const severalOf = <View>(
  entity: Entity,
  ids: readonly string[],
  lookUp: (ids: readonly string[]) => Promise<View[]>,
) => ({
  queryKey: [entity, "lookup", ids],
  queryFn: () => lookUp(ids),
});
