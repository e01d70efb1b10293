import { expect, test } from "vitest";
import { counted, type Entry, reportCsv } from "./report";

const entry = (line: number, changes: Partial<Entry> = {}): Entry => ({
  line,
  kind: "price",
  key: `p-${line}`,
  outcome: "created",
  published: false,
  problems: [],
  ...changes,
});

const wrong = (pointer: string) => ({ code: "bad", message: 'Not "good", no.', pointer });

test("rows are counted by kind and outcome; what is no row of a kind stands by itself", () => {
  const counts = counted([
    entry(1),
    entry(2, { outcome: "rejected" }),
    entry(3, { kind: "nonsense", outcome: "rejected" }),
    entry(4, { kind: "", outcome: "rejected" }),
    entry(5, { kind: "offering", outcome: "unchanged" }),
  ]);
  expect([...counts.keys()]).toEqual(["price", "offering", ""]);
  expect(counts.get("price")).toEqual({ created: 1, changed: 0, unchanged: 0, rejected: 1 });
  expect(counts.get("")?.rejected).toBe(2);
});

test("a file has a line for each row, in the order of the rows, and one for each further problem", () => {
  const text = reportCsv([
    entry(2, { outcome: "rejected", problems: [wrong("/a"), wrong("/b")] }),
    entry(1, { kind: "offering", published: true }),
  ]);
  expect(text.split("\r\n")).toEqual([
    "\uFEFFLine,Kind,Key,Outcome,Published,Field,Code,Message",
    "1,offering,p-1,created,yes,,,",
    '2,price,p-2,rejected,,/a,bad,"Not ""good"", no."',
    '2,price,p-2,rejected,,/b,bad,"Not ""good"", no."',
    "",
  ]);
});
