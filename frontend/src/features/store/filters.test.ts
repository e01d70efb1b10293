import { describe, expect, it } from "vitest";
import { chipsOf } from "./chips";
import { attribute, entry, found } from "./example";
import { filtersOf } from "./filters";
import { addressOf, questionOf } from "./question";

const asked = (query: string) => questionOf(new URLSearchParams(query));

describe("filters", () => {
  it("offer choices of which there are several, yes before no", () => {
    const { choices } = filtersOf(asked(""), found());
    expect(choices.map((one) => one.key)).toEqual(["colour", "esim"]);
    expect(choices[1]?.values.map(({ label, count }) => [label, count])).toEqual([
      ["Yes", 3],
      ["No", 5],
    ]);
  });

  it("keep what is chosen in sight, also where nothing has it", () => {
    const { choices } = filtersOf(asked("attr.colour=coral&attr.wifi=wifi-6&attr.sim-size=nano"), found());
    expect(choices.map(({ key, values }) => [key, values.filter((one) => one.chosen)])).toEqual([
      ["sim-size", [{ value: "nano", label: "nano", count: 0, chosen: true }]],
      ["colour", [{ value: "coral", label: "Coral", count: 0, chosen: true }]],
      ["esim", []],
      ["wifi", [{ value: "wifi-6", label: "Wi-Fi 6", count: 2, chosen: true }]],
    ]);
    expect(choices[0]?.label).toBe("Sim size");
  });

  it("offer ranges of what differs, the most frequent first, and those in use before", () => {
    const items = [
      entry({ id: "1", attributes: [attribute({ text: "64" }), attribute({ key: "weight", text: "9" })] }),
      entry({ id: "2", attributes: [attribute({ text: "128" })] }),
      entry({ id: "3", attributes: [attribute({ key: "ram", text: "8" })] }),
      entry({ id: "4", attributes: [attribute({ key: "since", type: "date", text: "2025-01-01" })] }),
    ];
    const { ranges } = filtersOf(asked("attr.since.gte=2025-01-01&attr.depth.lt=3"), found({ items }));
    expect(ranges.map(({ key, isDate, bounds }) => [key, isDate, bounds])).toEqual([
      ["depth", false, { lt: "3" }],
      ["since", true, { gte: "2025-01-01" }],
      ["storage", false, {}],
    ]);
  });

  it("show categories down to what is chosen, and what is right below it", () => {
    const paths = (query: string) =>
      filtersOf(asked(query), found()).categories.map(({ path, depth, chosen }) => [path, depth, chosen]);
    expect(paths("")).toEqual([
      ["devices", 0, false],
      ["internet", 0, false],
    ]);
    expect(paths("category=devices")).toEqual([
      ["devices", 0, true],
      ["devices/phones", 1, false],
      ["internet", 0, false],
    ]);
    expect(paths("category=garden/tools")).toContainEqual(["garden/tools", 1, true]);
  });

  it("know the currencies of what was found, and the one that is asked for", () => {
    const items = [entry({ fromAmounts: { EUR: "1", CHF: "2" } })];
    expect(filtersOf(asked("currency=USD"), found({ items })).currencies).toEqual(["CHF", "EUR", "USD"]);
  });
});

describe("chips", () => {
  const chips = (query: string) => {
    const question = asked(query);
    return chipsOf(question, filtersOf(question, found())).map(({ text, without }) => [
      text,
      addressOf(without),
    ]);
  };

  it("are none when nothing is asked", () => {
    expect(chips("sort=-published")).toEqual([]);
  });

  it("say each thing that is asked, and lead to the question without it", () => {
    expect(chips("q=x&category=devices/phones&attr.colour=ice,moss&attr.esim=true")).toEqual([
      ["“x”", "/store?category=devices/phones&attr.colour=ice,moss&attr.esim=true"],
      ["Devices / Phones", "/store?q=x&attr.colour=ice,moss&attr.esim=true"],
      ["Colour: Ice", "/store?q=x&category=devices/phones&attr.colour=moss&attr.esim=true"],
      ["Colour: Moss", "/store?q=x&category=devices/phones&attr.colour=ice&attr.esim=true"],
      ["eSIM: Yes", "/store?q=x&category=devices/phones&attr.colour=ice,moss"],
    ]);
  });

  it("say bounds with their unit, and leave what is no number as it is", () => {
    expect(
      chips("attr.storage.gte=64&attr.storage.lte=1024&attr.since.gt=2025-01-31&attr.x.gte=8 TB").map(
        ([text]) => text,
      ),
    ).toEqual(["Since: more than 31 Jan 2025", "Storage: from 64 GB to 1,024 GB", "X: from 8 TB"]);
  });

  it("take the currency away with the price, unless prices are sorted", () => {
    expect(chips("price.gte=5&price.lte=9.5&currency=EUR")).toEqual([
      ["Price: from €5.00 to €9.50", "/store"],
    ]);
    expect(chips("price.lte=9&currency=EUR&sort=price")).toEqual([
      ["Price: to €9.00", "/store?currency=EUR&sort=price"],
    ]);
    expect(chips("currency=EUR")).toEqual([["Sold in EUR", "/store"]]);
    expect(chips("currency=EUR&sort=-price")).toEqual([]);
  });
});
