import type { FieldProblem } from "@/lib/api/problem";
import { fault, type Kind, type Row, type Said } from "./rows";

/** The ids by kind and key; null for a key that exists neither on the platform nor, by now, in the file. */
export type Ids = Readonly<Record<Kind, Map<string, string | null>>>;

/** The body of a request, or why none can be made of a row. */
export type Body = { body: Said } | { problems: FieldProblem[] };

/** Where a pointer into a request leads in a row: a row has keys instead of ids, and the word `kind` for itself. */
const IN_ROW: readonly [RegExp, string][] = [
  [/^\/kind$/, "/priceKind"],
  [/^\/draft(?=\/)/, ""],
  [/^\/specificationId$/, "/specification"],
  [/^\/priceIds(?=\/|$)/, "/prices"],
  [/^(\/uses\/[0-9]+)\/characteristicId$/, "$1/characteristic"],
];

/** The same problem, pointing into the row instead of into the request that was made of it. */
export const inRow = (problem: FieldProblem): FieldProblem => ({
  ...problem,
  pointer: IN_ROW.reduce((pointer, [pattern, instead]) => pointer.replace(pattern, instead), problem.pointer),
});

/** The keys of what a row refers to. */
export function referred({ kind, said }: Row): Partial<Record<Kind, string[]>> {
  if (kind === "specification") return { characteristic: uses(said).flatMap(characteristicOf) };
  if (kind !== "offering") return {};
  return {
    specification: texts([said.specification]),
    price: texts(Array.isArray(said.prices) ? said.prices : []),
  };
}

/** What is sent for a row. */
export function bodyOf({ kind, said }: Row, ids: Ids): Body {
  const { kind: _kind, ...rest } = said;
  switch (kind) {
    case "characteristic":
      return { body: rest };
    case "price":
      return { body: ofPrice(rest) };
    case "specification":
      return ofSpecification(rest, ids);
    case "offering":
      return ofOffering(rest, ids);
  }
}

function ofPrice({ priceKind, ...rest }: Said): Said {
  return priceKind === undefined ? rest : { ...rest, kind: priceKind };
}

function ofSpecification({ status: _status, ...rest }: Said, ids: Ids): Body {
  const problems: FieldProblem[] = [];
  const made = uses(rest).map((use, at) => {
    if (isObject(use) && "characteristicId" in use) {
      problems.push(byId("characteristic", `/uses/${at}/characteristicId`));
    }
    const [key] = characteristicOf(use);
    if (key === undefined) return use;
    const { characteristic: _key, ...others } = use as Said;
    return {
      characteristicId: known(ids, "characteristic", key, `/uses/${at}/characteristic`, problems),
      ...others,
    };
  });
  if (problems.length) return { problems };
  return { body: Array.isArray(rest.uses) ? { ...rest, uses: made } : rest };
}

function ofOffering({ publish: _publish, specification, prices = [], ...rest }: Said, ids: Ids): Body {
  const problems: FieldProblem[] = [];
  if ("specificationId" in rest) problems.push(byId("specification", "/specificationId"));
  if ("priceIds" in rest) problems.push(byId("prices", "/priceIds"));
  const body: Said = { ...rest };
  if (typeof specification === "string") {
    body.specificationId = known(ids, "specification", specification, "/specification", problems);
  } else if (specification !== undefined && specification !== null) {
    problems.push(fault("type", "The key of a specification is accepted here.", "/specification"));
  }
  if (Array.isArray(prices) && texts(prices).length === prices.length) {
    body.priceIds = texts(prices).map((key, at) => known(ids, "price", key, `/prices/${at}`, problems));
  } else {
    problems.push(fault("type", "A list of the keys of prices is accepted here.", "/prices"));
  }
  return problems.length ? { problems } : { body };
}

function known(ids: Ids, kind: Kind, key: string, pointer: string, problems: FieldProblem[]): string | null {
  const id = ids[kind].get(key) ?? null;
  if (id === null) {
    const said = `No ${kind} has the key ${key.slice(0, 64)}: none on the platform, none accepted from this file.`;
    problems.push(fault("unknown_reference", said, pointer));
  }
  return id;
}

const byId = (name: string, pointer: string) =>
  fault("by_key", `Things are referred to by their keys in a file: say ${name}.`, pointer);

const uses = (said: Said): unknown[] => (Array.isArray(said.uses) ? said.uses : []);
const texts = (values: readonly unknown[]) => values.filter((one): one is string => typeof one === "string");
const characteristicOf = (use: unknown): string[] => (isObject(use) ? texts([use.characteristic]) : []);
const isObject = (value: unknown): value is Said => typeof value === "object" && value !== null;
