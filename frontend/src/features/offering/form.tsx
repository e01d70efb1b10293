"use client";

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useController, useWatch } from "react-hook-form";
import { EntityFormView } from "@/components/form/entity-form";
import { MomentField, TextField } from "@/components/form/inputs";
import { Field, Panel, Row, Section, useKit } from "@/components/form/kit";
import { MultiSelect } from "@/components/form/multi-select";
import { NameFields } from "@/components/form/name-fields";
import { started } from "@/components/form/started";
import { type FormProps, useEntityForm } from "@/components/form/use-entity-form";
import { Notice } from "@/components/ui/notice";
import { oneOf } from "@/features/reading";
import { specificationSource } from "@/features/specification/kind";
import { specifications } from "@/features/specification/reader";
import { useKnown } from "@/features/specification/use-known";
import { api, got } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";
import { offeringKind } from "./kind";
import { LifeCycle, lockOf, WhatIsEdited } from "./life-cycle";
import { PriceChoice, usePrices } from "./price-choice";
import { faultsOf, Preflight, PublishButton, usePreflight } from "./publishing";
import {
  emptyOffering,
  type OfferingValues,
  type OfferingView,
  offeringSchema,
  type Template,
  usesOf,
} from "./schema";
import { ValuesForm } from "./values-form";

/** The chosen specification with its characteristics; null until both are known. */
function useTemplate(id: string | undefined) {
  const specification = useQuery({
    ...oneOf(specifications, id ?? ""),
    enabled: id !== undefined,
  });
  const { known, pending } = useKnown(specification.data?.uses.map((use) => use.characteristicId) ?? []);
  const template: Template | null =
    id && specification.data && !pending ? { specification: specification.data, known } : null;
  return { template, error: id ? specification.error : null };
}

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

export const StartedOfferingForm = started(offeringKind(new Map()), emptyOffering, OfferingForm);

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
