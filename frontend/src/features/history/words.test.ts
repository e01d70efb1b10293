import { expect, test } from "vitest";
import { changeWords, eventWords, fieldWords } from "./words";

test.each([
  ["specification.revised.v1", "Revised"],
  ["offering.publication_requested.v1", "Publication requested"],
  ["odd", "Odd"],
])("the event %s is %s", (type, words) => {
  expect(eventWords(type)).toBe(words);
});

test("fields are words", () => {
  expect(fieldWords("allowedValues")).toBe("Allowed values");
  expect(fieldWords("name")).toBe("Name");
});

test("values are words", () => {
  expect(changeWords(null)).toBe("nothing");
  expect(changeWords("")).toBe("nothing");
  expect(changeWords(0)).toBe("0");
  expect(changeWords(false)).toBe("no");
  expect(changeWords([])).toBe("nothing");
  expect(changeWords({ from: null })).toBe("nothing");
  expect(changeWords({ maxLength: 5, min: null })).toBe("Max length: 5");
  expect(changeWords([{ code: "a", default: true }, { code: "b" }])).toBe("Code: a, Default: yes; Code: b");
});
