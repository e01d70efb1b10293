import type { FieldProblem } from "@/lib/api/problem";
import { csv } from "@/lib/csv";
import { KINDS, type Kind } from "./rows";

export const OUTCOMES = ["created", "changed", "unchanged", "rejected"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What became of one row. `published` is whether it was asked to go live, and has. */
export interface Entry {
  line: number;
  kind: string;
  key: string;
  outcome: Outcome;
  published: boolean;
  problems: readonly FieldProblem[];
}

/** How many rows of each kind had each outcome; "" are lines that are no row of any kind. */
export function counted(entries: readonly Entry[]): Map<Kind | "", Record<Outcome, number>> {
  const found = new Map<Kind | "", Record<Outcome, number>>();
  for (const kind of [...KINDS, ""] as const) {
    const mine = entries.filter((one) => kindOf(one) === kind);
    if (!mine.length) continue;
    const of = (outcome: Outcome) => mine.filter((one) => one.outcome === outcome).length;
    found.set(kind, {
      created: of("created"),
      changed: of("changed"),
      unchanged: of("unchanged"),
      rejected: of("rejected"),
    });
  }
  return found;
}

const kindOf = ({ kind }: Entry) => KINDS.find((one) => one === kind) ?? "";

const HEAD = ["Line", "Kind", "Key", "Outcome", "Published", "Field", "Code", "Message"];

/** The report as a file: a line for each row, and one for each further problem of it. */
export function reportCsv(entries: readonly Entry[]): string {
  const rows = inOrder(entries).flatMap(({ line, kind, key, outcome, published, problems }) => {
    const row = [String(line), kind, key, outcome, published ? "yes" : ""];
    if (!problems.length) return [[...row, "", "", ""]];
    return problems.map(({ pointer, code, message }) => [...row, pointer, code, message]);
  });
  return csv([HEAD, ...rows]);
}

/** By their lines: rows are dealt with in another order, and many at a time. */
export const inOrder = (entries: readonly Entry[]) =>
  [...entries].sort((one, other) => one.line - other.line);
