import type { FieldProblem } from "@/lib/api/problem";
import { fault, type Kind } from "./rows";

/** As much of JSON Schema as the platform's document uses for requests. */
export interface Schema {
  $ref?: string;
  type?: string;
  enum?: readonly string[];
  pattern?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
}

/** The bodies that are sent, and what they refer to by name. */
export interface Shapes {
  bodies: Readonly<Record<Kind, Schema>>;
  parts: Readonly<Record<string, Schema>>;
}

const BODIES: Record<Kind, string> = {
  characteristic: "CharacteristicDefine",
  specification: "SpecificationDefine",
  price: "PricingDefine",
  offering: "Draft",
};

/** What is needed of the platform's document to judge the form of rows. */
export function shapesOf(all: Readonly<Record<string, Schema>>): Shapes {
  const parts: Record<string, Schema> = {};
  const take = (schema: Schema) => {
    if (schema.$ref) {
      const name = named(schema.$ref);
      const part = all[name];
      if (!part) throw new Error(`The document has no ${name}.`);
      if (!parts[name]) {
        parts[name] = part;
        take(part);
      }
    }
    for (const one of Object.values(schema.properties ?? {})) take(one);
    for (const one of schema.anyOf ?? []) take(one);
    if (schema.items) take(schema.items);
  };
  const bodies = Object.fromEntries(
    Object.entries(BODIES).map(([kind, name]) => {
      const schema = all[name];
      if (!schema) throw new Error(`The document has no ${name}.`);
      take(schema);
      return [kind, schema];
    }),
  );
  return { bodies: bodies as Record<Kind, Schema>, parts };
}

/** What is malformed in the body of a request, with pointers into it. What it means the platform judges. */
export function malformed(shapes: Shapes, kind: Kind, body: unknown): FieldProblem[] {
  return [...faults(shapes, shapes.bodies[kind], body, "")];
}

function* faults(shapes: Shapes, schema: Schema, value: unknown, pointer: string): Generator<FieldProblem> {
  if (schema.$ref) {
    yield* faults(shapes, shapes.parts[named(schema.$ref)] ?? {}, value, pointer);
  } else if (schema.anyOf) {
    yield* faultsOfAny(shapes, schema.anyOf, value, pointer);
  } else if (schema.enum) {
    if (!schema.enum.includes(value as string)) {
      yield fault("enum", `One of ${schema.enum.join(", ")} is accepted here.`, pointer);
    }
  } else if (schema.type && !isOf(schema.type, value)) {
    yield fault("type", `${WORDS[schema.type] ?? schema.type} is accepted here.`, pointer);
  } else if (schema.type === "object") {
    yield* faultsOfObject(shapes, schema, value as Record<string, unknown>, pointer);
  } else if (schema.type === "array" && schema.items) {
    for (const [at, one] of (value as unknown[]).entries()) {
      yield* faults(shapes, schema.items, one, `${pointer}/${at}`);
    }
  } else if (schema.pattern && !new RegExp(schema.pattern).test(value as string)) {
    yield fault(
      "pattern",
      'This is not written as it is accepted here, such as "12.50" for a number.',
      pointer,
    );
  }
}

function* faultsOfAny(shapes: Shapes, any: readonly Schema[], value: unknown, pointer: string) {
  const found = any.map((one) => [...faults(shapes, one, value, pointer)]);
  if (found.some((one) => one.length === 0)) return;
  // Which was meant is known where it is an object that has one shape.
  const meant = any.findIndex((one) => one.$ref !== undefined);
  yield* found[Math.max(meant, 0)] ?? [];
}

function* faultsOfObject(
  shapes: Shapes,
  { properties = {}, required = [], additionalProperties }: Schema,
  value: Record<string, unknown>,
  pointer: string,
) {
  for (const name of required) {
    if (!Object.hasOwn(value, name))
      yield fault("missing", "This is required.", `${pointer}/${escaped(name)}`);
  }
  for (const [name, one] of Object.entries(value)) {
    const place = `${pointer}/${escaped(name)}`;
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema) yield* faults(shapes, schema, one, place);
    else if (additionalProperties === false) yield fault("unknown_field", "There is no such field.", place);
  }
}

const WORDS: Record<string, string> = {
  string: "A text",
  integer: "A whole number",
  number: "A number",
  boolean: "True or false",
  array: "A list",
  object: "An object",
  null: "Nothing",
};

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

const named = (ref: string) => ref.slice(ref.lastIndexOf("/") + 1);
const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
