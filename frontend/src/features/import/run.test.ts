// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "@/lib/api/problem";
import document from "../../../openapi.json";
import type { Entry } from "./report";
import { KINDS, type Kind, type Row, type Said } from "./rows";
import { AT_A_TIME, type Catalogue, each, type Publish, run } from "./run";
import type { View } from "./same";
import { type Schema, shapesOf } from "./shape";

const shapes = shapesOf(document.components.schemas as Record<string, Schema>);

/** A platform that takes everything, and remembers it. */
class Fake implements Catalogue {
  readonly things = new Map<string, Said & { id: string; key: string; version: number }>();
  readonly asked: string[] = [];
  /** What refuses a request, by what is asked: "create a". Once, unless it is kept. */
  readonly refusals = new Map<string, Problem>();
  /** What publications come to. */
  failure: object | null = null;
  misfits: { code: string; message: string; pointer: string }[] = [];
  private next = 0;

  private hear(what: string) {
    this.asked.push(what);
    const refusal = this.refusals.get(what);
    this.refusals.delete(what);
    if (refusal) throw refusal;
  }

  private at(id: string) {
    const found = [...this.things.entries()].find(([, one]) => one.id === id);
    if (!found) throw new Problem({ status: 404, code: "not_found", detail: "Gone." });
    return found;
  }

  async byKeys(kind: Kind, keys: readonly string[]) {
    return keys.flatMap((key) => this.things.get(`${kind} ${key}`) ?? []) as unknown as View[];
  }

  async create(kind: Kind, body: Said) {
    const key = String(body.key);
    this.hear(`create ${key}`);
    this.next += 1;
    const own = kind === "offering" ? { draft: body, live: null, status: "DRAFT", failure: null } : body;
    const made = { status: "DRAFT", holds: [], ...own, id: `${kind}-${this.next}`, key, version: 1 };
    this.things.set(`${kind} ${key}`, made);
    return made as unknown as View;
  }

  async revise(kind: Kind, id: string, version: number, body: Said) {
    const [name, one] = this.at(id);
    this.hear(`revise ${one.key}`);
    if (version !== one.version) throw new Problem({ status: 412, code: "conflict", detail: "Newer." });
    const own = kind === "offering" ? { draft: body } : body;
    const made = { ...one, ...own, version: version + 1 };
    this.things.set(name, made);
    return made as unknown as View;
  }

  async activate(id: string) {
    const [name, one] = this.at(id);
    this.hear(`activate ${one.key}`);
    const made = { ...one, status: "ACTIVE", version: one.version + 1 };
    this.things.set(name, made);
    return made as unknown as View;
  }

  async publish(id: string) {
    const [name, one] = this.at(id);
    this.hear(`publish ${one.key}`);
    const live = this.failure
      ? { failure: this.failure }
      : { live: one.draft, draft: null, status: "PUBLISHED" };
    this.things.set(name, { ...one, ...live });
  }

  async check() {
    return this.misfits;
  }
}

let platform: Fake;
beforeEach(() => {
  platform = new Fake();
});

const FILE: Said[] = [
  {
    kind: "offering",
    key: "plan",
    name: "Plan",
    specification: "mobile",
    prices: ["month"],
    values: { size: 1 },
    publish: true,
  },
  {
    kind: "price",
    key: "month",
    name: "Month",
    priceKind: "RECURRING",
    money: { amount: "1.00", currency: "EUR" },
    period: { unit: "month" },
  },
  {
    kind: "specification",
    key: "mobile",
    name: "Mobile",
    status: "ACTIVE",
    uses: [{ characteristic: "size", required: true }],
  },
  { kind: "characteristic", key: "size", name: "Size", valueType: "integer" },
];

function rowsOf(file: readonly Said[]): Row[] {
  return file
    .map((said, at): Row => ({ line: at + 1, kind: said.kind as Kind, key: String(said.key), said }))
    .sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
}

async function imported(
  file: readonly Said[],
  { dry = false, publish = "asked" as Publish, signal = new AbortController().signal } = {},
) {
  const entries: Entry[] = [];
  await run({
    read: { rows: rowsOf(file), faults: [] },
    shapes,
    catalogue: platform,
    publish,
    dry,
    signal,
    tell: (entry) => entries.push(entry),
  });
  return entries;
}

const outcomes = (entries: readonly Entry[]) =>
  Object.fromEntries(entries.map((one) => [one.key, one.outcome]));
const codes = (entries: readonly Entry[]) =>
  entries.flatMap(({ key, problems }) => problems.map(({ code, pointer }) => `${key} ${code} ${pointer}`));

describe("an import", () => {
  test("goes by the order of kinds, whatever that of the file, with ids instead of keys", async () => {
    const entries = await imported(FILE);
    expect(platform.asked).toEqual([
      "create size",
      "create mobile",
      "activate mobile",
      "create month",
      "create plan",
      "publish plan",
    ]);
    expect(new Set(entries.map((one) => one.outcome))).toEqual(new Set(["created"]));
    expect(entries.find((one) => one.key === "plan")?.published).toBe(true);
    expect(platform.things.get("offering plan")?.live).toMatchObject({
      specificationId: platform.things.get("specification mobile")?.id,
      priceIds: [platform.things.get("price month")?.id],
    });
  });

  test("changes nothing the second time", async () => {
    await imported(FILE);
    platform.asked.length = 0;
    const entries = await imported(FILE);
    expect(platform.asked).toEqual([]);
    expect(new Set(entries.map((one) => one.outcome))).toEqual(new Set(["unchanged"]));
  });

  test("changes what differs, and that alone", async () => {
    await imported(FILE);
    platform.asked.length = 0;
    const entries = await imported(
      FILE.map((one) => (one.key === "size" ? { ...one, name: "Length" } : one)),
    );
    expect(platform.asked).toEqual(["revise size"]);
    expect(outcomes(entries)).toEqual({
      size: "changed",
      mobile: "unchanged",
      month: "unchanged",
      plan: "unchanged",
    });
  });

  test("goes on where it was interrupted", async () => {
    platform.refusals.set("create month", new Problem({ status: 503, code: "away", detail: "Away." }));
    await expect(imported(FILE)).rejects.toThrow("Away.");
    platform.asked.length = 0;
    await imported(FILE);
    expect(platform.asked).toEqual(["create month", "create plan", "publish plan"]);
  });

  test("refuses one row and those that refer to it, and goes on with the others", async () => {
    const errors = [{ code: "unit", message: "No.", pointer: "/kind" }];
    platform.refusals.set(
      "create month",
      new Problem({ status: 422, code: "invalid", detail: "No.", errors }),
    );
    const entries = await imported(FILE);
    expect(outcomes(entries)).toEqual({
      size: "created",
      mobile: "created",
      month: "rejected",
      plan: "rejected",
    });
    expect(codes(entries)).toEqual(["month unit /priceKind", "plan unknown_reference /prices/0"]);
  });

  test("looks again when somebody else was faster", async () => {
    await imported(FILE);
    const size = platform.things.get("characteristic size");
    const stale = { ...size, version: 0, name: "Other" } as unknown as View;
    const byKeys = platform.byKeys.bind(platform);
    vi.spyOn(platform, "byKeys")
      .mockImplementationOnce(async () => [stale])
      .mockImplementation(byKeys);
    const entries = await imported([{ ...FILE[3], name: "Length" }]);
    expect(outcomes(entries)).toEqual({ size: "changed" });
    expect(platform.asked.filter((one) => one === "revise size")).toHaveLength(2);
  });

  test("tells why a publication was rejected", async () => {
    const problems = [{ code: "PRICE_EXPIRED", message: "Over.", pointer: "/draft/priceIds/0" }];
    platform.failure = { code: "PRICE_EXPIRED", message: "Over.", problems, publicationId: "1" };
    expect(codes(await imported(FILE))).toEqual(["plan PRICE_EXPIRED /prices/0"]);
  });

  test("publishes what is asked for: none, or all", async () => {
    await imported(FILE, { publish: "none" });
    expect(platform.asked).not.toContain("publish plan");
    await imported([{ ...FILE[0], publish: false }], { publish: "all" });
    expect(platform.asked).toContain("publish plan");
  });

  test("ends when it is cancelled: nothing more is begun", async () => {
    const control = new AbortController();
    vi.spyOn(platform, "activate").mockImplementation(async () => {
      control.abort();
      return platform.things.get("specification mobile") as unknown as View;
    });
    await expect(imported(FILE, { signal: control.signal })).rejects.toThrow();
    expect(platform.asked).toEqual(["create size", "create mobile"]);
  });
});

describe("a dry run", () => {
  test("says what an import would do, and does nothing", async () => {
    const judged = await imported(FILE, { dry: true });
    expect(platform.asked).toEqual([]);
    const done = await imported(FILE);
    expect(outcomes(judged)).toEqual(outcomes(done));
    expect(judged.find((one) => one.key === "plan")?.published).toBe(true);
  });

  test("names what is malformed, in the words of the row", async () => {
    const [plan, month, mobile, size] = FILE as [Said, Said, Said, Said];
    const entries = await imported(
      [
        { ...size, valueType: "colour" },
        { ...mobile, status: "OLD" },
        { ...month, priceKind: undefined, money: { currency: "EUR", amount: 1 } },
        { ...plan, priceIds: [], prices: "month" },
      ],
      { dry: true },
    );
    expect(codes(entries).sort()).toEqual([
      "mobile unknown_reference /uses/0/characteristic",
      "month missing /priceKind",
      "month type /money/amount",
      "plan by_key /priceIds",
      "plan type /prices",
      "plan unknown_reference /specification",
      "size enum /valueType",
    ]);
  });

  test("asks whether values fit a specification that is there, and none that is new", async () => {
    platform.misfits = [{ code: "required", message: "Size is required.", pointer: "/values/size" }];
    expect(codes(await imported(FILE, { dry: true }))).toEqual([]);
    platform.misfits = [];
    await imported(FILE);
    platform.misfits = [{ code: "required", message: "Size is required.", pointer: "/values/size" }];
    const entries = await imported([{ ...FILE[0], values: {} }], { dry: true });
    expect(codes(entries)).toEqual(["plan required /values/size"]);
  });

  test("refuses to change a price that something live is sold by, and an offering that is retired", async () => {
    await imported(FILE);
    const month = platform.things.get("price month");
    if (month) month.holds = [{ expiresAt: null }];
    const plan = platform.things.get("offering plan");
    if (plan) plan.status = "RETIRED";
    const entries = await imported(
      FILE.map((one) => ({ ...one, name: `${one.name}!` })),
      { dry: true },
    );
    expect(codes(entries).sort()).toEqual(["month locked ", "plan illegal_move "]);
  });
});

test("so many at a time, and no more once one has failed", async () => {
  let most = 0;
  let now = 0;
  const work = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now -= 1;
  };
  await each(Array.from({ length: 50 }), AT_A_TIME, work);
  expect(most).toBe(AT_A_TIME);
  const begun: number[] = [];
  const failing = each([1, 2, 3, 4, 5], 2, async (one) => {
    begun.push(one);
    await Promise.resolve();
    if (one === 2) throw new Error("No.");
  });
  await expect(failing).rejects.toThrow("No.");
  expect(begun.length).toBeLessThan(5);
});
