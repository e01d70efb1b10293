/** What the catalog is made of, by the plural that stands in addresses. */
export const ENTITIES = {
  offerings: { one: "offering", many: "offerings", title: "Offerings" },
  specifications: { one: "specification", many: "specifications", title: "Specifications" },
  characteristics: { one: "characteristic", many: "characteristics", title: "Characteristics" },
  prices: { one: "price", many: "prices", title: "Prices" },
} as const;

export type Entity = keyof typeof ENTITIES;

export const isEntity = (name: string): name is Entity => Object.hasOwn(ENTITIES, name);
