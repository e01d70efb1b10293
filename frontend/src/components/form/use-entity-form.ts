"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { type DefaultValues, type FieldValues, type UseFormReturn, useForm } from "react-hook-form";
import type { z } from "zod/mini";
import { useUnsaved } from "@/components/shell/leaving";
import type { Reader } from "@/features/reading";
import { type Problem, problemOf } from "@/lib/api/problem";
import type { Wording } from "./conflict";
import { readDraft, removeDraft, writeDraft } from "./drafts";
import type { Refusal } from "./error-summary";
import { fieldId, focusField } from "./kit";
import { differences, merged, saysTheSame } from "./merge";
import { newKey } from "./once";
import { type Fault, faultsIn, placed } from "./pointers";

/** What all things of the catalog have. */
export interface Versioned {
  id: string;
  key: string;
  version: number;
  modifiedAt: string;
  modifiedBy: string;
}

/** One kind of thing of the catalog, as forms treat it. */
export interface Kind<View extends Versioned, Values extends FieldValues, Body> extends Reader<View> {
  values: (view: View) => Values;
  create: (body: Body, key: string) => Promise<View>;
  revise: (id: string, version: number, body: Body) => Promise<View>;
  wording: Wording;
}

/** What the form of every entity is given. */
export interface FormProps<View, Values> {
  view: View | null;
  initial: Values;
  /** Where what is typed is kept while it is not saved. */
  address?: string;
  onSaved: (saved: View, created: boolean) => void;
}

interface Clash<View, Values> {
  before: Values;
  mine: Values;
  theirs: View;
}

export interface EntityForm<View extends Versioned, Values extends FieldValues, Body> {
  id: string;
  kind: Kind<View, Values, Body>;
  form: UseFormReturn<Values, unknown, Body>;
  /** What is saved, as this form knows it; null for something new. */
  base: View | null;
  dirty: boolean;
  saving: boolean;
  submit: () => Promise<void>;
  refusal: Refusal | null;
  summary: RefObject<HTMLElement | null>;
  /** What is typed was kept from before the page was left. */
  restored: boolean;
  discard: () => void;
  clash: Clash<View, Values> | null;
  settle: (keep: ReadonlySet<string> | null) => void;
  /** Somebody has saved a newer version while this one is edited. */
  overtaken: View | null;
  compare: () => void;
  /** Show why something was refused that was asked beside saving. */
  refuse: (problem: Problem) => void;
}

/**
 * The life of a form: what is typed is judged by the schema, sent once however often it is clicked, kept when it
 * could not be sent, and compared when somebody else was faster. Problems of the platform land on their fields.
 */
export function useEntityForm<View extends Versioned, Values extends FieldValues, Body>({
  kind,
  schema,
  view,
  initial,
  address,
  onSaved,
}: {
  kind: Kind<View, Values, Body>;
  schema: z.core.$ZodType<Body, Values>;
  view: View | null;
  initial: Values;
  /** Where what is typed is kept while it is not saved; not at all without one. */
  address?: string | undefined;
  onSaved: (saved: View, created: boolean) => void;
}): EntityForm<View, Values, Body> {
  const id = useId();
  const client = useQueryClient();
  const form = useForm<Values, unknown, Body>({
    resolver: zodResolver(schema),
    defaultValues: initial as DefaultValues<Values>,
    mode: "onTouched",
    shouldFocusError: false,
  });
  const [dirty, setDirty] = useState(false);
  const [base, setBase] = useState(view);
  const [saving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [restored, setRestored] = useState(false);
  const [clash, setClash] = useState<Clash<View, Values> | null>(null);
  const [once] = useState(newKey);
  /** What is saved, as a form has it: what is typed is a change of it. */
  const basis = useRef({ values: initial, version: view?.version ?? 0 });
  const left = useRef(false);
  const sending = useRef(false);
  /** What was sent under the key without an answer: any of it may have been done. */
  const unanswered = useRef<Body[]>([]);
  const summary = useRef<HTMLElement>(null);

  /** Go on from a version that is saved, with what is typed since, if there is anything. */
  function adopt(saved: View, typed?: Values) {
    const values = kind.values(saved);
    basis.current = { values, version: saved.version };
    setBase(saved);
    setClash(null);
    form.reset(values);
    if (typed) form.reset(typed, { keepDefaultValues: true });
  }

  const forget = () => {
    if (address) removeDraft(address);
  };
  useUnsaved(dirty, () => {
    left.current = true; // a judgement that is on its way must not bring it back
    forget();
  });

  const keep = useEffectEvent((values: Values) => {
    const { values: before, version } = basis.current;
    const same = saysTheSame(values, before); // what is empty in both was not changed, however it is spelled
    setDirty(!same);
    if (same) forget();
    else if (address && !left.current) writeDraft(address, { values, before, version });
  });
  useEffect(
    () => form.subscribe({ formState: { values: true }, callback: ({ values }) => keep(values) }),
    [form],
  );

  const restore = useEffectEvent(() => {
    const draft = address ? readDraft(address) : null;
    if (!draft || saysTheSame(draft.values, form.getValues())) return;
    setRestored(true);
    if (view && draft.version < view.version) {
      setClash({ before: draft.before as Values, mine: draft.values as Values, theirs: view });
    } else form.reset(draft.values as Values, { keepDefaultValues: true });
  });
  useEffect(() => restore(), []);

  // What others have saved is taken over as long as nothing is typed here.
  const overtaken = view && base && view.version > base.version ? view : null;
  const follow = useEffectEvent((newer: View) => {
    if (!dirty && !sending.current) adopt(newer);
  });
  useEffect(() => {
    if (overtaken) follow(overtaken);
  }, [overtaken]);

  // The focus goes to what is wrong: to the one field, or to the list of all.
  useEffect(() => {
    if (!refusal) return;
    const [field] = refusal.fields;
    if (field && refusal.fields.length === 1 && !refusal.sentences.length) focusField(id, field.name);
    else {
      summary.current?.focus({ preventScroll: true });
      summary.current?.scrollIntoView({ block: "center" });
    }
  }, [refusal, id]);

  const element = (name: string) => document.getElementById(fieldId(id, name));

  function report(faults: readonly Fault[], sentences: readonly string[], problem?: Problem) {
    const met = new Map<string, HTMLElement>();
    for (const { name: wanted } of faults) {
      let name = wanted;
      while (name && !element(name)) name = name.split(".").slice(0, -1).join(".");
      const found = name ? element(name) : null;
      if (found) met.set(name, found);
    }
    const inOrder = [...met].sort(([, one], [, other]) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    );
    setRefusal({
      sentences,
      fields: inOrder.map(([name]) => ({ name, label: labelOf(id, name) })),
      traceId: problem?.traceId ?? "",
      unreachable: problem?.unreachable ?? false,
    });
  }

  function refuse(problem: Problem) {
    const all = placed(problem.errors, (name) => element(name) !== null);
    const fields = all.filter((one) => one.name);
    for (const { name, message } of fields) {
      form.setError(name as Parameters<typeof form.setError>[0], { type: "platform", message });
    }
    const rest = all.filter((one) => !one.name).map((one) => one.message);
    const sentences = rest.length ? rest : fields.length ? [] : [sentence(problem)];
    report(fields, sentences, problem);
  }

  /** Show what differs from what is saved now, when that is another version; false when it is not. */
  async function clashed(): Promise<boolean> {
    if (!base) return false;
    const theirs = await kind.read(base.id);
    client.setQueryData([kind.entity, "one", base.id], theirs);
    if (theirs.version === base.version) return false;
    setRefusal(null);
    setClash({ before: basis.current.values, mine: structuredClone(form.getValues()), theirs });
    return true;
  }

  async function refused(problem: Problem) {
    try {
      const moved = problem.status === 412 || (problem.status === 409 && !problem.errors.length);
      if (moved && (await clashed())) return;
    } catch (thrown) {
      refuse(problemOf(thrown));
      return;
    }
    refuse(problem);
  }

  async function created(body: Body): Promise<View> {
    try {
      return await kind.create(body, once);
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code === "idempotency_key_reused") {
        // One of the requests that nobody answered was done after all: this one is a change of what it has made.
        for (const earlier of unanswered.current) {
          const made = await kind.create(earlier, once).catch(() => null);
          if (made) return kind.revise(made.id, made.version, body);
        }
      }
      if (problem.unreachable) unanswered.current.push(body);
      throw problem;
    }
  }

  async function send(body: Body) {
    if (sending.current) return;
    sending.current = true;
    setSaving(true);
    setRefusal(null);
    const sent = JSON.stringify(form.getValues());
    try {
      const saved = base ? await kind.revise(base.id, base.version, body) : await created(body);
      const now = structuredClone(form.getValues());
      adopt(saved, JSON.stringify(now) === sent ? undefined : now);
      setRestored(false);
      forget();
      client.setQueryData([kind.entity, "one", saved.id], saved);
      void client.invalidateQueries({ queryKey: [kind.entity] });
      onSaved(saved, base === null);
    } catch (thrown) {
      await refused(problemOf(thrown));
    }
    sending.current = false;
    setSaving(false);
  }

  return {
    id,
    kind,
    form,
    base,
    dirty,
    saving,
    submit: () => form.handleSubmit(send, (errors) => report(faultsIn(errors), []))(),
    refusal,
    summary,
    restored,
    discard: () => {
      forget();
      setRestored(false);
      setClash(null);
      setRefusal(null);
      form.reset(basis.current.values);
    },
    clash,
    settle: (kept) => {
      if (!clash) return;
      const theirs = kind.values(clash.theirs);
      const found = differences(clash.before, clash.mine, theirs);
      if (kept === null) forget();
      adopt(clash.theirs, kept ? merged(theirs, found, kept) : undefined);
    },
    overtaken: overtaken && dirty && !clash ? overtaken : null,
    compare: () => void clashed().catch((thrown) => refuse(problemOf(thrown))),
    refuse,
  };
}

function labelOf(form: string, name: string): string {
  const label = document.getElementById(`${fieldId(form, name)}-label`)?.textContent ?? "";
  const entry = document.getElementById(fieldId(form, name))?.closest("li[aria-label]");
  const said = label.replace(/ \*$/, "") || "This field";
  return entry ? `${entry.getAttribute("aria-label")}, ${said.toLowerCase()}` : said;
}

/** What to say of a refusal that is about no field. */
function sentence(problem: Problem): string {
  if (problem.status === 401)
    return "Your session has ended. Sign in again, then save once more: all of it is still here.";
  if (problem.status === 0) {
    return "The platform cannot be reached. All that you have typed is still here: please try again soon.";
  }
  return problem.message;
}
