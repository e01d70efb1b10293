import type { FieldErrors, FieldValues } from "react-hook-form";
import type { FieldProblem } from "@/lib/api/problem";

/** A problem of a form: `name` is the field as the form calls it, "" when there is no such field. */
export interface Fault {
  name: string;
  message: string;
}

/** A step into a body as authors know it; what else stands in pointers is how the platform reads unions. */
const STEP = /^[A-Za-z0-9_-]+$/;

/** "/allowedValues/0/code" -> "allowedValues.0.code" (RFC 6901). */
export function nameOf(pointer: string): string {
  const steps = pointer.split("/").slice(1);
  const end = steps.findIndex((one) => !STEP.test(one));
  return steps.slice(0, end < 0 ? undefined : end).join(".");
}

/**
 * The problems of a refusal, each at the field that it is about: the nearest one that the form has, so that what
 * is wrong with "/priceIds/2" is said where the prices are. Each is said once.
 */
export function placed(errors: readonly FieldProblem[], has: (name: string) => boolean): Fault[] {
  const found = new Map<string, Fault>();
  for (const { pointer, message } of errors) {
    let name = nameOf(pointer);
    while (name && !has(name)) name = name.split(".").slice(0, -1).join(".");
    const said = message.replace(/^Value error, /, "");
    const before = found.get(name || said);
    if (!before) found.set(name || said, { name, message: said });
    else if (!before.message.includes(said)) before.message += ` ${said}`;
  }
  return [...found.values()];
}

type Node = { message?: unknown; root?: { message?: unknown } } & Record<string, unknown>;

/** What is wrong at a field; `deep` looks into its parts, too, which a list of chips does not show by itself. */
export function messageAt(errors: FieldErrors<FieldValues>, name: string, deep = false): string | undefined {
  let node: unknown = errors;
  for (const step of name.split(".")) node = (node as Node | undefined)?.[step];
  return messageIn(node as Node | undefined, deep);
}

function messageIn(node: Node | undefined, deep: boolean): string | undefined {
  if (!node || typeof node !== "object") return undefined;
  const own = node.message ?? node.root?.message;
  if (typeof own === "string" && own) return own;
  if (!deep) return undefined;
  for (const [key, one] of Object.entries(node)) {
    const found = key === "ref" ? undefined : messageIn(one as Node, true);
    if (found) return found;
  }
  return undefined;
}

/** All that a schema has found, by the names of fields. */
export function faultsIn(errors: FieldErrors<FieldValues>, path = ""): Fault[] {
  return Object.entries(errors).flatMap(([key, one]) => {
    const node = one as Node | undefined;
    if (!node || typeof node !== "object" || key === "ref") return [];
    const name = key === "root" ? path : path ? `${path}.${key}` : key;
    if (typeof node.message === "string") return [{ name, message: node.message }];
    return faultsIn(node as FieldErrors<FieldValues>, name);
  });
}
