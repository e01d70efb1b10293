"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { useController, useFormContext, useWatch } from "react-hook-form";
import { type Action, Actions } from "@/components/form/actions";
import { EntityFormView } from "@/components/form/entity-form";
import { MomentField, TextField } from "@/components/form/inputs";
import { Field, focusField, Panel, Row, Section, useKit } from "@/components/form/kit";
import { ListEditor } from "@/components/form/list-editor";
import { MultiSelect } from "@/components/form/multi-select";
import { NameFields } from "@/components/form/name-fields";
import { newKey } from "@/components/form/once";
import { type Fault, nameOf } from "@/components/form/pointers";
import { Sheet } from "@/components/form/sheet";
import { keyOf } from "@/components/form/texts";
import { useEntityForm } from "@/components/form/use-entity-form";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { FormProps } from "@/features/characteristic/form";
import { type CharacteristicView, type Typed, typed } from "@/features/characteristic/value";
import { ValueInput } from "@/features/characteristic/value-input";
import { lookUpPrices, priceSource } from "@/features/price/kind";
import { emptyPrice } from "@/features/price/schema";
import { amountWords, perWords } from "@/features/price/words";
import { readSpecification, specificationSource } from "@/features/specification/kind";
import { useKnown } from "@/features/specification/use-known";
import { api, got, ifMatch } from "@/lib/api/browser";
import { type FieldProblem, Problem, problemOf } from "@/lib/api/problem";
import { formatDateTime } from "@/lib/dates";
import { offeringKind } from "./kind";
import {
  foreignValues,
  MOST_PRICES,
  type OfferingValues,
  type OfferingView,
  offeringSchema,
  type Template,
  usesOf,
  withDefaults,
} from "./schema";

const PriceForm = dynamic(() => import("@/features/price/form").then((all) => all.PriceForm));

/** How often it is asked whether a publication is over: meanwhile nothing can be changed. */
const WATCH = 3_000;

/** The chosen specification with its characteristics; null until both are known. */
function useTemplate(id: string | undefined) {
  const specification = useQuery({
    queryKey: ["specifications", "one", id],
    queryFn: () => readSpecification(id ?? ""),
    enabled: id !== undefined,
  });
  const { known, pending } = useKnown(specification.data?.uses.map((use) => use.characteristicId) ?? []);
  const template: Template | null =
    id && specification.data && !pending ? { specification: specification.data, known } : null;
  return { template, error: id ? specification.error : null };
}

const usePrices = (ids: readonly string[]) =>
  useQuery({
    queryKey: ["prices", "lookup", ids],
    queryFn: () => lookUpPrices(ids),
    placeholderData: (before) => before,
  });

export function OfferingForm({ view, initial, address, onSaved }: FormProps<OfferingView, OfferingValues>) {
  const [chosen, setChosen] = useState(initial.specificationId[0]);
  const [priceIds, setPriceIds] = useState<readonly string[]>(initial.priceIds);
  const { template, error } = useTemplate(chosen);
  const prices = usePrices(priceIds);
  const named = new Map<string, string>([
    ...(prices.data ?? []).map((one) => [one.id, one.name] as const),
    ...(template ? usesOf(template).map(({ key, of }) => [key, of.name] as const) : []),
    ...(template ? [[template.specification.id, template.specification.name] as const] : []),
  ]);
  const entity = useEntityForm({
    kind: offeringKind(named),
    schema: offeringSchema(template),
    view,
    initial,
    address,
    onSaved,
  });
  const [wantedSpecification, wantedPrices] = useWatch({
    control: entity.form.control,
    name: ["specificationId", "priceIds"],
  });
  if (wantedSpecification[0] !== chosen) setChosen(wantedSpecification[0]);
  if (wantedPrices.join() !== priceIds.join()) setPriceIds(wantedPrices);

  // Whoever comes to mend a field, as from a publication that was rejected, finds the focus in it.
  const field = useSearchParams().get("field");
  const come = useRef(false);
  const complete = !chosen || template !== null || error !== null;
  useEffect(() => {
    if (!field || !complete || come.current) return;
    const frame = requestAnimationFrame(() => {
      come.current = true;
      focusNearest(entity.id, field);
    });
    return () => cancelAnimationFrame(frame);
  }, [field, complete, entity.id]);

  const saved = entity.base;
  const preflight = usePreflight(saved);
  const problems = saved?.draft ? (preflight.data?.problems ?? []) : [];
  const faults = faultsOf(problems);
  const notes = new Map(faults.map((one) => [one.name.split(".").slice(0, 2).join("."), one.message]));
  for (const { name, message } of faults) if (name.startsWith("priceIds")) notes.set("priceIds", message);

  return (
    <EntityFormView
      entity={entity}
      notes={entity.dirty ? undefined : notes}
      locked={saved ? lockOf(saved) : undefined}
      actions={saved && <PublishButton view={saved} dirty={entity.dirty} refuse={entity.refuse} />}
      aside={
        <>
          {saved && <Preflight view={saved} dirty={entity.dirty} form={entity.id} faults={faults} />}
          {saved && <LifeCycle view={saved} dirty={entity.dirty} />}
          {!saved && (
            <Panel title="From draft to store">
              <p className="text-ink-soft">
                A draft may be incomplete. When it is saved, it is checked here whether it can be published.
              </p>
            </Panel>
          )}
        </>
      }
    >
      {saved && <WhatIsEdited view={saved} />}
      <Section title="What it is">
        <NameFields isNew={!saved} />
        <Row>
          <Category />
          <TextField
            name="imageUrl"
            label="Image"
            type="url"
            inputMode="url"
            hint="The address of a picture: https:// or http://"
          />
        </Row>
      </Section>
      <Section title="Specification" description="The kind of product: it says which values are asked for.">
        <SpecificationChoice />
        {error && <Notice kind="bad">{problemOf(error).message}</Notice>}
        <ValuesForm template={template} chosen={chosen} />
      </Section>
      <Section title="Prices" description="In the order in which they are shown.">
        <PriceChoice />
      </Section>
      <Section title="When it is on sale" description="An open side has no end.">
        <Row>
          <MomentField name="validFor.from" label="From" />
          <MomentField name="validFor.to" label="Until" />
        </Row>
      </Section>
    </EntityFormView>
  );
}

/** What is in the way, by the names of fields. That something is missing everybody says who is asked: once will do. */
function faultsOf(problems: readonly FieldProblem[]): Fault[] {
  const found = problems.map(({ pointer, message }) => ({
    name: nameOf(pointer).replace(/^draft\./, ""),
    message,
  }));
  const whole = new Set(["specificationId", "priceIds"]);
  return found.filter(
    ({ name }, index) => !whole.has(name) || found.findIndex((one) => one.name === name) === index,
  );
}

function lockOf(view: OfferingView) {
  if (view.status === "PUBLISHING") {
    return (
      <Notice kind="info" role="status" title="This offering is being published">
        <p>Until that is done nothing can be changed. This page follows by itself.</p>
        <Link
          className="inline-block py-0.5 underline underline-offset-2"
          href={`/publish/${view.publicationId}`}
        >
          See how far it is
        </Link>
      </Notice>
    );
  }
  if (view.status === "RETIRED") {
    return (
      <Notice kind="warn" title="This offering is retired">
        <p>It is sold no more, and is not changed any more. Duplicate it to sell something like it.</p>
      </Notice>
    );
  }
  return undefined;
}

/** Whether shoppers see what is edited, and why the last publication was rejected, if it was. */
function WhatIsEdited({ view }: { view: OfferingView }) {
  const { failure } = view;
  return (
    <>
      {failure && (
        <Notice kind="bad" title="The last publication was rejected">
          <p>{failure.message}</p>
          <Link
            className="inline-block py-0.5 underline underline-offset-2"
            href={`/publish/${failure.publicationId}`}
          >
            What happened
          </Link>
        </Notice>
      )}
      {view.live && view.status === "PUBLISHED" && (
        <Notice
          title={
            view.draft
              ? "You edit the draft of a change"
              : "You see what is live; a change opens a draft beside it"
          }
        >
          <p>
            Shoppers see what was published
            {view.publishedAt && ` on ${formatDateTime(view.publishedAt)}`} until{" "}
            {view.draft ? "this draft" : "the draft"} is published.
          </p>
        </Notice>
      )}
    </>
  );
}

/** The categories that the store has already. */
function Category() {
  const id = useId();
  const facets = useQuery({
    queryKey: ["store", "categories"],
    queryFn: () => got(api.GET("/api/store/offerings", { params: { query: { limit: 1 } } })),
    staleTime: 60_000,
    retry: false,
  });
  const known = facets.data?.facets?.find((one) => one.key === "category")?.values ?? [];
  return (
    <div className="min-w-0">
      <TextField
        name="category"
        label="Category"
        list={id}
        spellCheck={false}
        autoCapitalize="none"
        hint="A path such as phones/android; empty for none."
      />
      <datalist id={id}>
        {known.map((one) => (
          <option key={one.value} value={one.value} />
        ))}
      </datalist>
    </div>
  );
}

function SpecificationChoice() {
  const { readOnly } = useKit();
  const { field } = useController({ name: "specificationId" });
  return (
    <Field name="specificationId" label="Specification" hint="Needed to publish.">
      {(control) => (
        <MultiSelect
          control={control}
          label="Specification"
          source={specificationSource}
          value={field.value as string[]}
          onChange={field.onChange}
          onBlur={field.onBlur}
          most={1}
          readOnly={readOnly}
          placeholder="Search by name…"
        />
      )}
    </Field>
  );
}

/** What is said of this product: an input for each characteristic that the specification has. */
function ValuesForm({ template, chosen }: { template: Template | null; chosen: string | undefined }) {
  const { getValues, setValue, resetField } = useFormContext<OfferingValues>();
  const values = useWatch<OfferingValues, "values">({ name: "values" });
  const [filled, setFilled] = useState(chosen);
  const foreign = foreignValues(values, template);

  // Its inputs begin empty, which is no change. One that was chosen just now fills in what it has defaults for.
  const fill = useEffectEvent((loaded: Template) => {
    for (const { key, of } of usesOf(loaded)) {
      const name = `values.${key}` as const;
      if (getValues(name) === undefined) resetField(name, { defaultValue: of.multiple ? [] : "" });
    }
    if (loaded.specification.id === filled) return;
    setFilled(loaded.specification.id);
    setValue("values", withDefaults(getValues("values"), loaded), { shouldDirty: true });
  });
  useEffect(() => {
    if (template) fill(template);
  }, [template]);

  if (!chosen) {
    return foreign.length > 0 ? <LeftOut keys={foreign} /> : null;
  }
  if (!template) {
    return (
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        {["a", "b", "c", "d"].map((one) => (
          <Skeleton key={one} className="h-14" />
        ))}
      </div>
    );
  }
  return (
    <>
      <Row>
        {usesOf(template).map(({ key, use, of }) => (
          <ValueField
            key={key}
            name={`values.${key}`}
            of={of}
            required={use.required}
            codes={use.allowedCodes ?? null}
          />
        ))}
      </Row>
      {foreign.length > 0 && <LeftOut keys={foreign} />}
    </>
  );
}

function LeftOut({ keys }: { keys: readonly string[] }) {
  return (
    <Notice kind="warn">
      <p>Not part of this specification, and left out when it is saved: {keys.join(", ")}.</p>
    </Notice>
  );
}

function ValueField({
  name,
  of,
  required,
  codes,
}: {
  name: string;
  of: CharacteristicView;
  required: boolean | undefined;
  codes: readonly string[] | null;
}) {
  const { readOnly } = useKit();
  const { field } = useController({ name });
  const group = of.multiple && of.valueType === "choice";
  return (
    <Field
      name={name}
      label={of.name}
      required={required}
      hint={of.description || undefined}
      className={of.multiple ? "sm:col-span-2" : undefined}
      {...(group ? { group } : {})}
    >
      {(control) => (
        <ValueInput
          control={control}
          label={of.name}
          of={of}
          codes={codes}
          value={typed(field.value as Typed | undefined, of.multiple)}
          onChange={field.onChange}
          onBlur={field.onBlur}
          readOnly={readOnly}
        />
      )}
    </Field>
  );
}

function PriceChoice() {
  const { id, readOnly } = useKit();
  const { field } = useController({ name: "priceIds" });
  const ids = field.value as string[];
  const prices = usePrices(ids);
  const [making, setMaking] = useState<string | null>(null);
  const found = new Map((prices.data ?? []).map((one) => [one.id, one]));

  function moved(from: number, to: number) {
    const next = [...ids];
    next.splice(to, 0, ...next.splice(from, 1));
    field.onChange(next);
  }

  return (
    <>
      <Field name="priceIds" label="Choose prices" hint="At least one is needed to publish.">
        {(control) => (
          <MultiSelect
            control={control}
            label="Choose prices"
            source={priceSource}
            value={ids}
            onChange={field.onChange}
            onBlur={field.onBlur}
            most={MOST_PRICES}
            readOnly={readOnly}
            placeholder="Search by name…"
            create={{ label: "New price…", open: setMaking }}
          />
        )}
      </Field>
      {ids.length > 0 && (
        <ListEditor
          id={`${id}.prices-list`}
          count={ids.length}
          noun="price"
          readOnly={readOnly}
          keyOf={(index) => ids[index] ?? ""}
          nameOf={(index) => found.get(ids[index] ?? "")?.name ?? ""}
          onRemove={(index) => field.onChange(ids.filter((_, at) => at !== index))}
          onMove={moved}
          row={(index) => {
            const price = found.get(ids[index] ?? "");
            if (!price) {
              return prices.isSuccess && !prices.isPlaceholderData ? (
                <p className="flex min-h-9 items-center px-1 text-bad">
                  This price is not found any more: remove it.
                </p>
              ) : (
                <Skeleton className="m-1 h-7" />
              );
            }
            return (
              <p className="flex min-h-9 flex-wrap items-center gap-x-3 px-1">
                <span className="font-medium">{price.name}</span>
                <span className="tabular text-ink-soft">
                  {[amountWords(price), perWords(price)].filter(Boolean).join(" ")}
                  {price.taxIncluded && ", tax included"}
                </span>
              </p>
            );
          }}
        />
      )}
      <Sheet
        open={making !== null}
        onClose={() => setMaking(null)}
        title="New price"
        description="When it is created, it is chosen here."
      >
        {making !== null && (
          <PriceForm
            view={null}
            initial={{ ...emptyPrice, name: making, key: keyOf(making) }}
            onSaved={(made) => {
              setMaking(null);
              field.onChange([...ids, made.id]);
            }}
          />
        )}
      </Sheet>
    </>
  );
}

const preflightKey = (view: OfferingView | null) => ["preflight", view?.id, view?.version];

const askPreflight = (id: string) =>
  got(api.POST("/api/offerings/{id}/preflight", { params: { path: { id } } }));

/** Whether what is saved could be published. Only a draft can. */
function usePreflight(view: OfferingView | null) {
  const author = useMay("author");
  return useQuery({
    queryKey: preflightKey(view),
    queryFn: () => askPreflight(view?.id ?? ""),
    enabled: author && view?.draft != null && view.status !== "PUBLISHING",
    staleTime: 0,
    retry: false,
  });
}

function Preflight({
  view,
  dirty,
  form,
  faults,
}: {
  view: OfferingView;
  dirty: boolean;
  form: string;
  faults: readonly Fault[];
}) {
  const preflight = usePreflight(view);
  if (!view.draft || view.status === "PUBLISHING") return null;
  return (
    <Panel title="Ready to publish?">
      <div role="status" className="space-y-2">
        {preflight.isPending ? (
          <Skeleton className="h-12" />
        ) : preflight.isError ? (
          <Notice kind="warn">{problemOf(preflight.error).message}</Notice>
        ) : preflight.data.publishable ? (
          <Notice kind="good">Nothing is in the way.</Notice>
        ) : (
          <>
            <p className="font-medium text-warn">
              {faults.length === 1 ? "One thing is" : `${faults.length} things are`} in the way
            </p>
            <ul className="list-disc space-y-1 pl-4">
              {faults.map(({ name, message }) => (
                <li key={name + message} className="wrap-anywhere">
                  <a
                    href={`#${form}.${name}`}
                    className="underline underline-offset-2"
                    onClick={(event) => {
                      event.preventDefault();
                      focusNearest(form, name);
                    }}
                  >
                    {message}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" busy={preflight.isFetching} onClick={() => preflight.refetch()}>
          Check again
        </Button>
        <span className="text-xs text-ink-soft">
          {dirty ? `As saved in version ${view.version}, without your changes.` : `Version ${view.version}`}
        </span>
      </div>
    </Panel>
  );
}

/** Put the focus where a problem is: into the field, or the nearest one around it. */
function focusNearest(form: string, name: string): void {
  let at = name;
  while (at && !document.getElementById(`${form}.${at}`)) at = at.split(".").slice(0, -1).join(".");
  focusField(form, at || "name");
}

function PublishButton({
  view,
  dirty,
  refuse,
}: {
  view: OfferingView;
  dirty: boolean;
  refuse: (problem: Problem) => void;
}) {
  const publisher = useMay("publisher");
  const client = useQueryClient();
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const attempt = useRef({ version: 0, key: "" });
  const reason = useId();
  const refused = !view.draft
    ? "There is no draft to publish."
    : dirty
      ? "Save your changes, then publish them."
      : !publisher
        ? "Publishing needs the role publisher."
        : undefined;

  async function publish() {
    if (busy) return;
    setBusy(true);
    // One key for each version: whoever clicks twice, or again after a lost answer, publishes once.
    if (attempt.current.version !== view.version) attempt.current = { version: view.version, key: newKey() };
    const header = { "if-match": ifMatch(view.version), "Idempotency-Key": attempt.current.key };
    try {
      const verdict = await client.fetchQuery({
        queryKey: preflightKey(view),
        queryFn: () => askPreflight(view.id),
        staleTime: 0,
      });
      if (verdict.publishable) {
        const made = await got(
          api.POST("/api/offerings/{id}/publish", { params: { path: { id: view.id }, header } }),
        );
        void client.invalidateQueries({ queryKey: ["offerings"] });
        router.push(`/publish/${made.id}`);
        return;
      }
      refuse(
        new Problem({
          status: 409,
          code: "not_publishable",
          detail: "This cannot be published as it is.",
          errors: verdict.problems.map((one) => ({
            ...one,
            pointer: one.pointer.replace(/^\/draft/, ""),
          })),
        }),
      );
    } catch (thrown) {
      refuse(problemOf(thrown));
      void client.invalidateQueries({ queryKey: ["offerings", "one", view.id] });
    }
    setBusy(false);
  }

  return (
    <>
      {refused && (
        <span id={reason} className="text-xs text-ink-soft">
          {refused}
        </span>
      )}
      <Button
        id="publish"
        look={refused ? "secondary" : "primary"}
        busy={busy}
        aria-disabled={refused !== undefined || undefined}
        aria-describedby={refused && reason}
        className={refused ? "opacity-60" : ""}
        onClick={() => {
          if (!refused) void publish();
        }}
      >
        <Rocket aria-hidden />
        Publish
      </Button>
    </>
  );
}

function LifeCycle({ view, dirty }: { view: OfferingView; dirty: boolean }) {
  const router = useRouter();
  const client = useQueryClient();
  const publisher = useMay("publisher");
  const path = { id: view.id };
  const header = { "if-match": ifMatch(view.version) };
  const unsaved = dirty ? "Save or discard your changes first." : undefined;
  const busy = view.status === "PUBLISHING";

  useQuery({
    queryKey: ["watch", view.id],
    queryFn: () =>
      client.refetchQueries({ queryKey: ["offerings", "one", view.id], exact: true }).then(() => null),
    enabled: busy,
    refetchInterval: WATCH,
  });

  const actions: Action[] = [];
  if (view.draft && view.live && !busy) {
    actions.push({
      label: "Discard the draft",
      danger: true,
      question: "The draft is gone for good. What is live stays as it is.",
      refused: unsaved,
      run: async () => {
        await got(api.DELETE("/api/offerings/{id}/draft", { params: { path, header } }));
      },
    });
  }
  if (view.status === "PUBLISHED") {
    actions.push({
      label: "Retire",
      danger: true,
      question: "Shoppers cannot buy it any more, and a draft beside it goes, too. It cannot be undone.",
      refused: publisher ? unsaved : "Retiring needs the role publisher.",
      run: async (key) => {
        await got(
          api.POST("/api/offerings/{id}/retire", {
            params: { path, header: { ...header, "Idempotency-Key": key } },
          }),
        );
      },
    });
  }
  if (view.status === "DRAFT") {
    actions.push({
      label: "Delete",
      danger: true,
      question: "The draft is gone for good. It was never on sale.",
      refused: unsaved,
      run: async () => {
        await api.DELETE("/api/offerings/{id}", { params: { path, header } });
        router.replace("/builder");
      },
    });
  }
  if (!actions.length) return null;
  return (
    <Panel title="Life cycle">
      <Actions entity="offerings" actions={actions} />
    </Panel>
  );
}
