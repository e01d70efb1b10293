import fc from "fast-check";
import { expect, test } from "vitest";
import { cell, csv } from "./csv";

test.each([
  ["plain", "plain"],
  ["", ""],
  ["a,b", '"a,b"'],
  ['say "so"', '"say ""so"""'],
  ["two\nlines", '"two\nlines"'],
  ["=1+1", "'=1+1"],
  ["+49 30", "'+49 30"],
  ["-5", "'-5"],
  ["@cmd", "'@cmd"],
  ["\t=1", "'\t=1"],
  ["=A1,B1", '"\'=A1,B1"'],
  ["\n=1", '"\'\n=1"'],
  ["＝1+1", "'＝1+1"],
  ["＠SUM(1)", "'＠SUM(1)"],
  ["a=b", "a=b"],
])("%j is written as %j", (text, written) => {
  expect(cell(text)).toBe(written);
});

test("rows end with CRLF, after a byte order mark", () => {
  expect(
    csv([
      ["a", "b"],
      ["1", "2,5"],
    ]),
  ).toBe('\uFEFFa,b\r\n1,"2,5"\r\n');
});

test("no cell begins as a formula does, and each is read back", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (row) => {
      const written = csv([row]).slice(1, -2);
      const back = read(written);
      expect(back).toHaveLength(row.length);
      back.forEach((one, at) => {
        expect(one).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
        expect([row[at], `'${row[at]}`]).toContain(one);
      });
    }),
  );
});

/** The cells of one record. */
function read(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy;
  for (let end = false; !end; ) {
    const found = pattern.exec(line);
    if (!found) throw new Error(`not readable: ${line}`);
    cells.push(found[1] === undefined ? (found[2] ?? "") : found[1].replaceAll('""', '"'));
    end = found[3] === "";
  }
  return cells;
}
