import { type FieldProblem, type Problem, problemOf } from "@/lib/api/problem";
import { bodyOf, type Ids, inRow, referred } from "./references";
import type { Entry, Outcome } from "./report";
import { fault, KINDS, type Kind, type Read, type Row, type Said } from "./rows";
import { saysTheSame, type View, type Views } from "./same";
import { malformed, type Shapes } from "./shape";

/** Rows under way at a time. */
export const AT_A_TIME = 8;
/** Keys of one question: an address has an end. */
export const MOST_KEYS = 50;
/** Tries of a row that somebody else changes at the same time. */
const TRIES = 3;
/** Milliseconds for which no publication may end before nobody waits for the others, and between two looks. */
export const PATIENCE = 60_000;
const PAUSE = 500;

/** What an import needs of the platform. It throws `Problem`; what is only for now it has tried again by itself. */
export interface Catalogue {
  byKeys: (kind: Kind, keys: readonly string[]) => Promise<View[]>;
  create: (kind: Kind, body: Said) => Promise<View>;
  revise: (kind: Kind, id: string, version: number, body: Said) => Promise<View>;
  activate: (id: string, version: number) => Promise<View>;
  publish: (id: string, version: number) => Promise<void>;
  /** What does not fit in the values of an offering of this specification. */
  check: (specificationId: string, values: Said, publishing: boolean) => Promise<FieldProblem[]>;
}

/** Which offerings go live: none, those whose rows say so, or all. */
export type Publish = "none" | "asked" | "all";

export interface Wanted {
  read: Read;
  shapes: Shapes;
  catalogue: Catalogue;
  publish: Publish;
  /** Only judge, and write nothing. */
  dry: boolean;
  signal: AbortSignal;
  /** Hears of each row once, as soon as it is dealt with. */
  tell: (entry: Entry) => void;
}

/** What is to be done with a row. */
interface Plan {
  body: Said;
  write: "nothing" | "create" | "revise";
  activate: boolean;
  publish: boolean;
}

/** A row is refused: it alone, and for these reasons. */
class Refused extends Error {
  constructor(readonly problems: readonly FieldProblem[]) {
    super("This row is refused.");
  }
}

/**
 * Bring the platform to what a file says, kind by kind, so that what is referred to is there, and many rows at a
 * time. Again it changes nothing, so one that was interrupted is begun anew. Throws the `Problem` of a platform
 * that does not answer any more; who gives the signal is left as it is.
 */
export async function run(wanted: Wanted): Promise<void> {
  await new Run(wanted).all();
}

class Run {
  private readonly ids: Ids = {
    characteristic: new Map(),
    specification: new Map(),
    price: new Map(),
    offering: new Map(),
  };
  /** Specifications as they are on the platform; those that a dry run would change are not among them. */
  private readonly specifications = new Map<string, Views["specification"]>();
  private readonly waiting = new Map<string, { row: Row; outcome: Outcome }>();
  private impatient = false;

  constructor(private readonly wanted: Wanted) {}

  async all() {
    const { read, tell, signal } = this.wanted;
    for (const one of read.faults) tell({ ...one, outcome: "rejected", published: false });
    for (const kind of KINDS) {
      const rows = read.rows.filter((one) => one.kind === kind);
      for (const batch of batched(rows, MOST_KEYS)) {
        signal.throwIfAborted();
        await this.lookUp(batch);
        const found = await this.found(
          kind,
          batch.map((one) => one.key),
        );
        await each(batch, AT_A_TIME, async (row) => {
          signal.throwIfAborted();
          await this.one(row, found.get(row.key) ?? null);
        });
      }
    }
    await this.publications();
  }

  private async one(row: Row, found: View | null) {
    try {
      const there = this.wanted.dry ? found : await this.atRest(row, found);
      const { plan, made } = await this.done(row, there);
      this.learn(row, made, plan);
      const outcome = outcomeOf(plan);
      if (plan.publish && !this.wanted.dry) this.waiting.set(row.key, { row, outcome });
      else this.note(row, outcome, plan.publish);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      this.ids[row.kind].set(row.key, found?.id ?? null);
      this.reject(row, thrown.problems);
    }
  }

  /** Plan a row and carry that out; anew, when somebody else has changed the same thing meanwhile. */
  private async done(row: Row, found: View | null): Promise<{ plan: Plan; made: View | null }> {
    let there = found;
    for (let left = TRIES - 1; ; left -= 1) {
      const plan = await this.plan(row, there);
      if (this.wanted.dry) return { plan, made: there };
      try {
        return { plan, made: await this.carriedOut(row.kind, plan, there) };
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (!isAboutTheRow(problem)) throw problem;
        const before = there?.version;
        if ([404, 409, 412].includes(problem.status)) {
          there = (await this.found(row.kind, [row.key])).get(row.key) ?? null;
          if (left > 0 && there?.version !== before) continue;
        }
        throw new Refused(problemsOf(problem).map(inRow));
      }
    }
  }

  private async plan(row: Row, found: View | null): Promise<Plan> {
    const made = bodyOf(row, this.ids);
    if ("problems" in made) throw new Refused(made.problems);
    const { body } = made;
    const wrong = [...malformed(this.wanted.shapes, row.kind, body).map(inRow), ...own(row)];
    if (wrong.length) throw new Refused(wrong);
    const same = found !== null && saysTheSame(row.kind, body, found);
    const write = found === null ? "create" : same ? "nothing" : "revise";
    const plan: Plan = { body, write, activate: false, publish: false };
    if (row.kind === "specification") {
      plan.activate =
        row.said.status === "ACTIVE" && (found as Views["specification"] | null)?.status !== "ACTIVE";
    }
    if (row.kind === "price" && write === "revise") requireUnlocked(found as Views["price"]);
    if (row.kind === "offering") await this.planOffering(row, found as Views["offering"] | null, plan);
    return plan;
  }

  private async planOffering(row: Row, found: Views["offering"] | null, plan: Plan) {
    const asked =
      this.wanted.publish === "all" || (this.wanted.publish === "asked" && row.said.publish === true);
    const live = found?.status === "PUBLISHED" && found.draft === null && plan.write === "nothing";
    plan.publish = asked && !live && !(found?.status === "PUBLISHING" && plan.write === "nothing");
    if (plan.write === "nothing" && !plan.publish) return;
    if (found?.status === "RETIRED") {
      throw new Refused([fault("illegal_move", "This offering is retired, and is not changed any more.")]);
    }
    await this.requireFitting(plan, plan.publish);
  }

  /** Refuse values that the specification would not let be published, however long that may be away. */
  private async requireFitting({ body }: Plan, publishing: boolean) {
    if (publishing) requireComplete(body);
    const kind = this.specifications.get(String(body.specificationId));
    if (!kind) return; // there is none, or it is new in this file: the platform judges when it is imported
    if (publishing && kind.status !== "ACTIVE") {
      const said = `${kind.name} is ${kind.status.toLowerCase()}: offerings of an active specification are published.`;
      throw new Refused([fault("not_active", said, "/specification")]);
    }
    const problems = await this.checked(kind.id, (body.values ?? {}) as Said, publishing);
    if (problems.length) throw new Refused(problems.map(inRow));
  }

  private async checked(id: string, values: Said, publishing: boolean): Promise<FieldProblem[]> {
    try {
      return await this.wanted.catalogue.check(id, values, publishing);
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (!isAboutTheRow(problem)) throw problem;
      return problemsOf(problem);
    }
  }

  private async carriedOut(kind: Kind, plan: Plan, found: View | null): Promise<View | null> {
    const { catalogue } = this.wanted;
    let there = found;
    if (plan.write === "create") there = await catalogue.create(kind, plan.body);
    if (plan.write === "revise" && there) {
      const { key: _key, ...keyless } = plan.body; // a key never changes
      there = await catalogue.revise(kind, there.id, there.version, keyless);
    }
    if (plan.activate && there) there = await catalogue.activate(there.id, there.version);
    if (plan.publish && there) await catalogue.publish(there.id, there.version);
    return there;
  }

  /** Remember what there is now, or would be. */
  private learn({ kind, key }: Row, made: View | null, plan: Plan) {
    const { dry } = this.wanted;
    this.ids[kind].set(key, made?.id ?? `new:${key}`);
    if (kind !== "specification" || made === null) return;
    if (dry && (plan.write !== "nothing" || plan.activate)) this.specifications.delete(made.id);
    else this.specifications.set(made.id, made as Views["specification"]);
  }

  /** Know all that these rows refer to, as far as it exists. */
  private async lookUp(rows: readonly Row[]) {
    for (const kind of KINDS) {
      const keys = new Set(rows.flatMap((row) => referred(row)[kind] ?? []));
      const unknown = [...keys].filter((key) => !this.ids[kind].has(key));
      for (const batch of batched(unknown, MOST_KEYS)) {
        const found = await this.found(kind, batch);
        for (const key of batch) {
          const view = found.get(key);
          this.ids[kind].set(key, view?.id ?? null);
          if (kind === "specification" && view) {
            this.specifications.set(view.id, view as Views["specification"]);
          }
        }
      }
    }
  }

  private async found(kind: Kind, keys: readonly string[]): Promise<Map<string, View>> {
    const views = await this.wanted.catalogue.byKeys(kind, keys);
    return new Map(views.map((one) => [one.key, one]));
  }

  /** An offering once it is not being published, as after an import that was interrupted. */
  private async atRest(row: Row, found: View | null): Promise<View | null> {
    let there = found;
    const until = Date.now() + PATIENCE;
    while (isPublishing(row, there) && !this.impatient) {
      if (Date.now() > until) this.impatient = true;
      await rest(PAUSE, this.wanted.signal);
      there = (await this.found(row.kind, [row.key])).get(row.key) ?? null;
    }
    return there;
  }

  /** Wait for all publications that were asked for, as long as any ends, and note what became of their rows. */
  private async publications() {
    let until = Date.now() + PATIENCE;
    while (this.waiting.size && Date.now() < until) {
      const keys = [...this.waiting.keys()].slice(0, MOST_KEYS);
      const found = await this.found("offering", keys);
      let ended = false;
      for (const key of keys) {
        const offering = found.get(key) as Views["offering"] | undefined;
        if (offering?.status === "PUBLISHING") continue;
        ended = true;
        this.published(key, offering);
      }
      if (ended) until = Date.now() + PATIENCE;
      else await rest(PAUSE, this.wanted.signal);
    }
    for (const { row } of this.waiting.values()) {
      const said = "Its publication was asked for, and has not ended yet: import the file again.";
      this.reject(row, [fault("not_published", said)]);
    }
  }

  private published(key: string, offering: Views["offering"] | undefined) {
    const { row, outcome } = this.waiting.get(key) ?? {};
    this.waiting.delete(key);
    if (!row || !outcome) return;
    if (!offering) this.reject(row, [fault("not_published", "It was deleted meanwhile.")]);
    else if (!offering.failure) this.note(row, outcome, true);
    else {
      const { code, message, problems } = offering.failure;
      this.reject(row, problems.length ? problems.map(inRow) : [fault(code, message)]);
    }
  }

  private note({ line, kind, key }: Row, outcome: Outcome, published: boolean) {
    this.wanted.tell({ line, kind, key, outcome, published, problems: [] });
  }

  private reject({ line, kind, key }: Row, problems: readonly FieldProblem[]) {
    this.wanted.tell({ line, kind, key, outcome: "rejected", published: false, problems });
  }
}

const isPublishing = ({ kind }: Row, view: View | null) =>
  kind === "offering" && (view as Views["offering"] | null)?.status === "PUBLISHING";

function outcomeOf({ write, activate, publish }: Plan): Outcome {
  if (write === "create") return "created";
  return write === "revise" || activate || publish ? "changed" : "unchanged";
}

/** What is wrong with what a row alone says, and no request. */
function own({ kind, said }: Row): FieldProblem[] {
  if (
    kind === "specification" &&
    said.status !== undefined &&
    !["DRAFT", "ACTIVE"].includes(String(said.status))
  ) {
    return [fault("status", "A specification is imported as DRAFT, or as ACTIVE.", "/status")];
  }
  if (kind === "offering" && said.publish !== undefined && typeof said.publish !== "boolean") {
    return [fault("type", "Say true or false.", "/publish")];
  }
  return [];
}

function requireComplete({ specificationId, priceIds }: Said) {
  const problems: FieldProblem[] = [];
  if (typeof specificationId !== "string") {
    problems.push(fault("missing", "Choose a specification.", "/specification"));
  }
  if (!Array.isArray(priceIds) || !priceIds.length) {
    problems.push(fault("missing", "Add at least one price.", "/prices"));
  }
  if (problems.length) throw new Refused(problems);
}

function requireUnlocked({ key, holds }: Views["price"]) {
  const live = holds.filter((one) => !one.expiresAt).length;
  if (live) {
    const said = `${key} is held by ${live} live ${live === 1 ? "offering" : "offerings"}, so it is not changed: define another price instead.`;
    throw new Refused([fault("locked", said)]);
  }
}

/** Whether a refusal is about what was asked, and not about who asks, or that nobody answers. */
const isAboutTheRow = ({ status }: Problem) =>
  status >= 400 && status < 500 && status !== 401 && status !== 429;

const problemsOf = ({ errors, code, message }: Problem): FieldProblem[] =>
  errors.length ? [...errors] : [fault(code, message)];

export function* batched<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Do something with each, so many at a time. When one fails no other is begun, and those under way are waited for. */
export async function each<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>) {
  const rest = items.values();
  let failed: { thrown: unknown } | null = null;
  async function worker() {
    for (const item of rest) {
      if (failed) return;
      try {
        await work(item);
      } catch (thrown) {
        failed ??= { thrown };
      }
    }
  }
  await Promise.all(Array.from({ length: size }, worker));
  if (failed) throw (failed as { thrown: unknown }).thrown;
}

/** Wait; throws when the signal is given meanwhile. */
export function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
