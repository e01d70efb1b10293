import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exact, LONGEST, loss, readRows } from "./rows";

const encoded = (text: string) => new TextEncoder().encode(text);

function stream(...parts: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(control) {
      for (const one of parts) control.enqueue(one);
      control.close();
    },
  });
}

const codes = async (text: string | Uint8Array) => {
  const { faults } = await readRows(stream(typeof text === "string" ? encoded(text) : text));
  return faults.map(({ line, problems }) => [line, problems[0]?.code]);
};

const row = (kind: string, key: string, more: object = {}) => JSON.stringify({ kind, key, ...more });

describe("a file is read", () => {
  test("line by line, wherever it is cut, in the order of the kinds", async () => {
    const lines = [
      row("offering", "o"),
      "",
      row("characteristic", "size", { name: "Größe 📏" }),
      row("price", "p"),
      row("characteristic", "b"),
    ];
    const bytes = encoded(lines.join("\n"));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const parts = places.slice(1).map((to, at) => bytes.slice(places[at], to));
        const { rows, faults } = await readRows(stream(...parts));
        expect(faults).toEqual([]);
        expect(rows.map(({ line, kind, key }) => [line, kind, key])).toEqual([
          [3, "characteristic", "size"],
          [5, "characteristic", "b"],
          [4, "price", "p"],
          [1, "offering", "o"],
        ]);
        expect(rows[0]?.said.name).toBe("Größe 📏");
      }),
    );
  });

  test("with a byte order mark, and Windows' ends of lines", async () => {
    const { rows } = await readRows(
      stream(encoded(`\uFEFF${row("price", "a")}\r\n${row("price", "b")}\r\n`)),
    );
    expect(rows.map((one) => one.key)).toEqual(["a", "b"]);
  });

  test("and each line that is no row is named", async () => {
    const text = [
      "{",
      "[]",
      "null",
      row("thing", "a"),
      '{"kind": "price"}',
      row("price", "Bad Key"),
      row("price", "a"),
      row("price", "a"),
      row("offering", "a"),
      '{"kind": "price", "key": "b", "name": "B", "name": "C"}',
    ].join("\n");
    expect(await codes(text)).toEqual([
      [1, "not_json"],
      [2, "not_object"],
      [3, "not_object"],
      [4, "unknown_kind"],
      [5, "key"],
      [6, "key"],
      [8, "repeated"],
      [10, "repeated_name"],
    ]);
  });

  test("also where it is no text, or a line has no end", async () => {
    expect(await codes(new Uint8Array([123, 0xff, 125]))).toEqual([[1, "not_utf8"]]);
    expect(await codes(`${"x".repeat(2 * LONGEST)}\n${row("price", "a")}`)).toEqual([[1, "too_long"]]);
  });
});

test("numbers that a browser would change are told, others are not", () => {
  const code = (number: string) => loss(`{"a": [${number}]}`)?.code;
  for (const one of ["0", "-0", "1.50", "1e3", "1E+3", "0.1", "9007199254740991", "1e-7", "0.00000012"]) {
    expect(code(one), one).toBeUndefined();
  }
  for (const one of ["9007199254740993", "0.1234567890123456789", "1e400"])
    expect(code(one), one).toBe("digits");
});

test("all that JSON can say of names and numbers is read as JSON reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(loss(JSON.stringify(value))).toBeNull();
    }),
  );
});

test("equal numbers are written alike", () => {
  expect(["1", "1.0", "1.00", "1e0", "10e-1"].map(exact)).toEqual(["1", "1", "1", "1", "1"]);
  expect(["100", "1e2", "-0.0", "0.50"].map(exact)).toEqual(["100", "100", "0", "0.5"]);
});
