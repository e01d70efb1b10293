import type { FieldProblem } from "@/lib/api/problem";
import { plain } from "@/lib/decimals";

/** What rows are about, in the order in which they are imported: each refers to those before it. */
export const KINDS = ["characteristic", "specification", "price", "offering"] as const;
export type Kind = (typeof KINDS)[number];

export type Said = Record<string, unknown>;

/** One row of a file: `said` is all of its JSON, `line` its number from 1 on. */
export interface Row {
  line: number;
  kind: Kind;
  key: string;
  said: Said;
}

/** A line that is no row, with as much as could be read of it. */
export interface Fault {
  line: number;
  kind: string;
  key: string;
  problems: FieldProblem[];
}

/** The rows of a file in the order of their kinds, and what is wrong with its other lines. */
export interface Read {
  rows: Row[];
  faults: Fault[];
}

/** Bytes of a line: as many as the platform takes in one request. */
export const LONGEST = 1024 * 1024;
/** Bytes of a file: its rows are held here until they are imported. */
export const LARGEST = 50 * 1024 * 1024;
const MOST_KEY = 64;
const KEY = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Read a file line by line. Each key counts once a kind: the first row of it. */
export async function readRows(file: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<Read> {
  const rows: Row[] = [];
  const faults: Fault[] = [];
  const met = new Set<string>();
  for await (const { line, bytes } of lines(file)) {
    signal?.throwIfAborted();
    const found = readLine(line, bytes);
    if (found === null) continue;
    if ("problems" in found) faults.push(found);
    else if (met.has(`${found.kind} ${found.key}`)) {
      const said = "An earlier line has the same kind and key: each is accepted once in a file.";
      faults.push({ line, kind: found.kind, key: found.key, problems: [fault("repeated", said, "/key")] });
    } else {
      met.add(`${found.kind} ${found.key}`);
      rows.push(found);
    }
  }
  rows.sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind)); // stable
  return { rows, faults };
}

/** The lines of a file as they are read; of one that is too long only as much as shows that. */
async function* lines(file: ReadableStream<Uint8Array>) {
  let line = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const add = (bytes: Uint8Array) => {
    if (length <= LONGEST) parts.push(bytes);
    length += bytes.length;
  };
  const taken = () => {
    const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of parts) {
      whole.set(one, at);
      at += one.length;
    }
    parts = [];
    length = 0;
    return whole;
  };
  const reader = file.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    let from = 0;
    for (let to = value.indexOf(10); to >= 0; to = value.indexOf(10, from)) {
      add(value.subarray(from, to));
      yield { line, bytes: taken() };
      line += 1;
      from = to + 1;
    }
    add(value.subarray(from));
  }
  if (length > 0) yield { line, bytes: taken() };
}

/** The row in a line, what is wrong with it, or null where it is blank. */
export function readLine(line: number, bytes: Uint8Array): Row | Fault | null {
  const wrong = (
    code: string,
    message: string,
    pointer = "",
    kind: unknown = "",
    key: unknown = "",
  ): Fault => ({
    line,
    kind: shown(kind),
    key: shown(key),
    problems: [fault(code, message, pointer)],
  });
  if (bytes.length > LONGEST) return wrong("too_long", `A line has at most ${LONGEST} bytes.`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes a byte order mark away
  } catch {
    return wrong("not_utf8", "A line is JSON in UTF-8.");
  }
  if (!text.trim()) return null;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (error) {
    return wrong("not_json", `This line is not JSON: ${(error as Error).message}.`);
  }
  if (typeof said !== "object" || said === null || Array.isArray(said)) {
    return wrong("not_object", 'A line is a JSON object: {"kind": ..., "key": ...}.');
  }
  const { kind, key } = said as Said;
  if (!KINDS.includes(kind as Kind)) {
    return wrong("unknown_kind", `A kind is one of ${KINDS.join(", ")}.`, "/kind", kind, key);
  }
  if (typeof key !== "string" || !key) {
    return wrong("key", "A row has a key, by which it is found again.", "/key", kind, key);
  }
  if (key.length > MOST_KEY || !KEY.test(key)) {
    const accepted = `at most ${MOST_KEY} lower-case letters (a-z) and digits, in words joined by hyphens`;
    return wrong("key", `A key has ${accepted}, such as screen-size.`, "/key", kind, key);
  }
  const lost = loss(text);
  if (lost) return wrong(lost.code, lost.message, "", kind, key);
  return { line, kind: kind as Kind, key, said: said as Said };
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:]/g;

/** What a browser would change in silence: of a name that is there twice it forgets one, and long numbers it rounds. */
export function loss(json: string): FieldProblem | null {
  const open: (Set<string> | null)[] = [];
  const tokens = json.match(TOKEN) ?? [];
  for (const [at, token] of tokens.entries()) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"')) {
      if (tokens[at + 1] !== ":") continue;
      const name = JSON.parse(token) as string;
      const names = open.at(-1);
      if (names?.has(name)) {
        return fault("repeated_name", `This object has the name ${JSON.stringify(name.slice(0, 64))} twice.`);
      }
      names?.add(name);
    } else if (token !== ":" && exact(token) !== exact(String(Number(token)))) {
      return fault("digits", `A browser cannot keep the number ${token.slice(0, 64)}: write it as text.`);
    }
  }
  return null;
}

/** A number written so that equal ones are the same text; what is no number stays as it is. */
export function exact(text: string): string {
  const written = plain(text);
  if (!/^-?\d+(\.\d+)?$/.test(written)) return written;
  const short = written.includes(".") ? written.replace(/\.?0+$/, "") : written;
  return short === "-0" ? "0" : short;
}

export const fault = (code: string, message: string, pointer = ""): FieldProblem => ({
  code,
  message,
  pointer,
});

const shown = (value: unknown) => (typeof value === "string" ? value.slice(0, MOST_KEY) : "");
