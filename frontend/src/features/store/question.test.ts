import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressOf,
  askedOf,
  BOUNDS,
  changed,
  EVERYTHING,
  followedBy,
  isNarrowed,
  isSpelled,
  type Pair,
  pairsOf,
  parametersOf,
  precededBy,
  questionOf,
  SORTS,
  withoutBounds,
  withoutChoice,
  withoutParameter,
  withoutPrice,
} from "./question";

const asked = (query: string) => questionOf(new URLSearchParams(query));

const key = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,4}){0,2}$/);
const text = fc.string({ maxLength: 30 });
const name = fc.oneof(
  fc.constantFrom("q", "category", "currency", "prices", "price.gte", "price.lte", "sort", "cursor", "page"),
  fc.constantFrom("trail", "utm_source", "limit", "facets", "__proto__", "constructor"),
  key.map((one) => `attr.${one}`),
  fc.tuple(key, fc.constantFrom(...BOUNDS)).map(([one, how]) => `attr.${one}.${how}`),
  text,
);
const value = fc.oneof(
  text,
  fc.constantFrom("EUR", "eur", "9,99", "8 GB", "a,b", "a/b", ...SORTS),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
);
const parameters = fc.array(fc.tuple(name, value), { maxLength: 12 });

describe("the address of a question", () => {
  it("asks the same again, and is spelled in one way", () => {
    fc.assert(
      fc.property(parameters, (pairs) => {
        const question = questionOf(pairs);
        const again = asked(addressOf(question).split("?")[1] ?? "");
        expect(again).toEqual(question);
        expect(addressOf(again)).toBe(addressOf(question));
        expect(isSpelled(again, parametersOf(question))).toBe(true);
      }),
    );
  });

  it("says nothing that is not known, and nothing that is empty", () => {
    fc.assert(
      fc.property(parameters, (pairs) => {
        for (const [name, value] of parametersOf(questionOf(pairs))) {
          expect(name).toMatch(
            /^(q|category|currency|price\.[gl]te|sort|cursor|page|trail|attr\.[a-z0-9-]+(\.[gl]te?)?)$/,
          );
          expect(value).not.toBe("");
        }
      }),
    );
  });

  it("is plain", () => {
    expect(addressOf(EVERYTHING)).toBe("/store");
    expect(
      addressOf(asked("attr.colour=ice&utm_source=x&category=/phones//android/&attr.colour=coral")),
    ).toBe("/store?category=phones/android&attr.colour=coral,ice");
  });
});

describe("parameters", () => {
  it("of a plain form are read: repeated, empty, with a comma for a point", () => {
    const question = asked("q=&attr.ram.gte=&attr.ram.lte=9,5&price.gte=9,99&currency=&prices=EUR&sort=");
    expect(addressOf(question)).toBe("/store?attr.ram.lte=9.5&price.gte=9.99&currency=EUR");
  });

  it("leave 1,000 and what else is no plain number to the store to judge", () => {
    expect(asked("attr.ram.gte=1,000").bounds.get("ram")).toEqual({ gte: "1,000" });
    expect(asked("attr.ram.gte=8 GB").bounds.get("ram")).toEqual({ gte: "8 GB" });
  });

  it("say the currency only where prices are compared", () => {
    expect(asked("prices=EUR").currency).toBe("");
    expect(asked("prices=EUR&sort=-price").currency).toBe("EUR");
    expect(asked("prices=EUR&currency=chf&price.lte=5").currency).toBe("CHF");
  });

  it("do not sort by name twice", () => {
    expect(asked("sort=name").sort).toBe("");
    expect(asked("sort=name&q=x").sort).toBe("name");
    expect(asked("sort=weight").sort).toBe("");
  });

  it("as Next tells them are pairs", () => {
    expect(pairsOf({ a: "1", b: ["2", "3"], c: undefined })).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["b", "3"],
    ]);
  });

  it("are told apart from those that are spelled in another way", () => {
    const spelled: Pair[] = [
      ["sort", "price"],
      ["currency", "EUR"],
    ];
    expect(isSpelled(questionOf(spelled), spelled)).toBe(true);
    expect(isSpelled(questionOf([...spelled, ["q", ""]]), [...spelled, ["q", ""]])).toBe(false);
  });

  it("for the interface have a page's size, and not the way back", () => {
    expect(askedOf(asked("cursor=abc&page=3&trail=x.y&q=fibre"))).toEqual({
      q: "fibre",
      cursor: "abc",
      limit: "24",
    });
  });
});

describe("a changed question", () => {
  const question = asked(
    "attr.colour=ice,moss&attr.ram.gte=8&price.lte=9&currency=EUR&cursor=abc&page=2&category=phones",
  );

  it("begins with its first page", () => {
    expect(changed(question, { sort: "price" })).toMatchObject({ cursor: "", page: 1, trail: [] });
  });

  it("loses what is taken away, and nothing else", () => {
    expect(withoutChoice(question, "colour", "ice").choices.get("colour")).toEqual(["moss"]);
    expect(withoutChoice(withoutChoice(question, "colour", "ice"), "colour", "moss").choices.size).toBe(0);
    expect(withoutBounds(question, "ram").bounds.size).toBe(0);
    expect(withoutPrice(question)).toMatchObject({ priceTo: "", currency: "", category: "phones" });
    expect(withoutPrice({ ...question, sort: "price" }).currency).toBe("EUR");
    expect(withoutParameter(question, "attr.ram.gte").bounds.size).toBe(0);
    expect(withoutParameter(question, "attr.colour").choices.size).toBe(0);
    expect(withoutParameter({ ...question, sort: "price" }, "currency")).toMatchObject({
      sort: "",
      priceTo: "",
      currency: "",
    });
    expect(withoutParameter(question, "cursor")).toEqual(changed(question, {}));
  });
});

describe("pages", () => {
  it("are gone through there and back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,9}$/), { minLength: 1, maxLength: 8 }),
        (cursors) => {
          const pages = [asked("q=x")];
          for (const cursor of cursors) pages.push(followedBy(pages.at(-1) as (typeof pages)[0], cursor));
          for (let page = pages.length - 1; page > 0; page--) {
            expect(precededBy(pages[page] as (typeof pages)[0])).toEqual(pages[page - 1]);
          }
        },
      ),
    );
  });

  it("that are far from the first one remember some of the way", () => {
    let question = EVERYTHING;
    for (let page = 0; page < 20; page++) question = followedBy(question, `c${page}`);
    expect(question.page).toBe(21);
    expect(question.trail).toHaveLength(8);
    let back = 0;
    for (let before = precededBy(question); before; before = precededBy(before)) back++;
    expect(back).toBe(8);
  });
});

it("only a category is for search engines", () => {
  expect(isNarrowed(asked("category=phones"))).toBe(false);
  expect(isNarrowed(asked("category=phones&q=x"))).toBe(true);
  expect(isNarrowed(asked("cursor=abc"))).toBe(true);
});
