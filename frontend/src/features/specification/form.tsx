"use client";

import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useController, useFieldArray, useWatch } from "react-hook-form";
import { type Action, Actions } from "@/components/form/actions";
import { EntityFormView } from "@/components/form/entity-form";
import { CheckField } from "@/components/form/inputs";
import { Field, Panel, Section, useKit } from "@/components/form/kit";
import { ListEditor } from "@/components/form/list-editor";
import { MultiSelect } from "@/components/form/multi-select";
import { NameFields } from "@/components/form/name-fields";
import { Sheet } from "@/components/form/sheet";
import { started } from "@/components/form/started";
import { keyOf } from "@/components/form/texts";
import { type FormProps, useEntityForm } from "@/components/form/use-entity-form";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { characteristicSource } from "@/features/characteristic/kind";
import { emptyCharacteristic } from "@/features/characteristic/schema";
import { type CharacteristicView, type Typed, typed } from "@/features/characteristic/value";
import { ValueInput } from "@/features/characteristic/value-input";
import { VALUE_TYPES } from "@/features/characteristic/words";
import { api, got, ifMatch } from "@/lib/api/browser";
import { specificationKind } from "./kind";
import {
  emptySpecification,
  type Known,
  MOST_USES,
  newUse,
  type SpecificationValues,
  type SpecificationView,
  specificationSchema,
} from "./schema";
import { useKnown } from "./use-known";

const CharacteristicForm = dynamic(() =>
  import("@/features/characteristic/form").then((all) => all.CharacteristicForm),
);

export function SpecificationForm({
  view,
  initial,
  address,
  onSaved,
}: FormProps<SpecificationView, SpecificationValues>) {
  const [ids, setIds] = useState<readonly string[]>(() => initial.uses.map((use) => use.characteristicId));
  const { known, missing, pending } = useKnown(ids);
  const kept = new Set(view?.uses.map((use) => use.characteristicId));
  const entity = useEntityForm({
    kind: specificationKind(known),
    schema: specificationSchema({ known, missing, kept }),
    view,
    initial,
    address,
    onSaved,
  });
  const uses = useWatch({ control: entity.form.control, name: "uses" });
  const now = uses.map((use) => use.characteristicId);
  if (now.join() !== ids.join()) setIds(now);
  const saved = entity.base;
  return (
    <EntityFormView
      entity={entity}
      locked={
        saved?.status === "RETIRED" ? (
          <Notice kind="warn" title="This specification is retired">
            <p>It is for what is published already, is for nothing new, and is not changed any more.</p>
          </Notice>
        ) : undefined
      }
      aside={saved ? <LifeCycle view={saved} dirty={entity.dirty} /> : undefined}
    >
      <Section title="What it is" description="A kind of product: which characteristics its offerings have.">
        <NameFields isNew={!saved} />
      </Section>
      <Section
        title="Characteristics"
        description="In the order in which they are shown. A default is offered to whoever fills in a product."
      >
        <Uses known={known} pending={pending} />
      </Section>
    </EntityFormView>
  );
}

export const StartedSpecificationForm = started(
  specificationKind(new Map()),
  emptySpecification,
  SpecificationForm,
);

function Uses({ known, pending }: { known: Known; pending: boolean }) {
  const { id, readOnly } = useKit();
  const { fields, append, remove, move } = useFieldArray<SpecificationValues, "uses">({ name: "uses" });
  const uses = useWatch<SpecificationValues, "uses">({ name: "uses" });
  const ids = uses.map((use) => use.characteristicId);
  const [making, setMaking] = useState<string | null>(null);

  function choose(next: readonly string[]) {
    const gone = ids.flatMap((one, index) => (next.includes(one) ? [] : [index]));
    if (gone.length) remove(gone);
    const added = next.filter((one) => !ids.includes(one));
    if (added.length) append(added.map(newUse), { shouldFocus: false });
  }

  return (
    <>
      <Field name="uses" label="Choose characteristics" required shallow>
        {(control) => (
          <MultiSelect
            control={control}
            label="Choose characteristics"
            source={characteristicSource}
            value={ids}
            onChange={choose}
            most={MOST_USES}
            readOnly={readOnly}
            placeholder="Search by name…"
            create={{ label: "New characteristic…", open: setMaking }}
          />
        )}
      </Field>
      <ListEditor
        id={`${id}.uses-list`}
        count={fields.length}
        noun="characteristic"
        readOnly={readOnly}
        keyOf={(index) => fields[index]?.id ?? String(index)}
        nameOf={(index) => known.get(ids[index] ?? "")?.name ?? ""}
        onRemove={remove}
        onMove={move}
        row={(index) => {
          const of = known.get(ids[index] ?? "");
          if (of) return <Use index={index} of={of} />;
          return (
            <Field name={`uses.${index}.characteristicId`} label="Characteristic" labelHidden group>
              {() =>
                pending ? (
                  <Skeleton className="h-14" />
                ) : (
                  <p className="text-bad">This characteristic is not found any more: remove it.</p>
                )
              }
            </Field>
          );
        }}
      />
      <Sheet
        open={making !== null}
        onClose={() => setMaking(null)}
        title="New characteristic"
        description="When it is created, it is chosen here."
      >
        {making !== null && (
          <CharacteristicForm
            view={null}
            initial={{ ...emptyCharacteristic, name: making, key: keyOf(making) }}
            onSaved={(made) => {
              setMaking(null);
              append(newUse(made.id), { shouldFocus: false });
            }}
          />
        )}
      </Sheet>
    </>
  );
}

function Use({ index, of }: { index: number; of: CharacteristicView }) {
  const { readOnly } = useKit();
  const base = `uses.${index}`;
  const { field: standard } = useController({ name: `${base}.default` });
  const { field: codes } = useController({ name: `${base}.allowedCodes` });
  const allowed = codes.value as string[] | null;
  const choice = of.valueType === "choice";
  return (
    <div className="min-w-0 space-y-3 p-1">
      <Field name={`${base}.characteristicId`} label="Characteristic" labelHidden group>
        {() => (
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium">{of.name}</span>
            <span className="text-ink-soft">
              {[VALUE_TYPES[of.valueType], of.unit, of.multiple && "several"].filter(Boolean).join(", ")}
            </span>
            {of.status === "DEPRECATED" && <Status of={of.status} />}
            {of.multiple && choice && <Badge>{of.allowedValues.length} values</Badge>}
          </p>
        )}
      </Field>
      <div className="grid grid-cols-1 gap-3 md:grid-cols-[auto_minmax(0,1fr)]">
        <CheckField name={`${base}.required`} label="Required" className="md:pt-7" />
        <Field name={`${base}.default`} label="Default" {...(of.multiple && choice ? { group: true } : {})}>
          {(control) => (
            <ValueInput
              control={control}
              label={`Default of ${of.name}`}
              of={of}
              codes={allowed}
              value={typed(standard.value as Typed, of.multiple)}
              onChange={standard.onChange}
              onBlur={standard.onBlur}
              readOnly={readOnly}
            />
          )}
        </Field>
      </div>
      {choice && (
        <div className="space-y-2">
          <label className="flex min-h-6 w-fit items-center gap-2 font-medium">
            <input
              type="checkbox"
              className="size-6 accent-accent"
              checked={allowed !== null}
              disabled={readOnly}
              onChange={(event) =>
                codes.onChange(
                  event.target.checked
                    ? of.allowedValues.filter((one) => !one.deprecated).map((one) => one.code)
                    : null,
                )
              }
            />
            Only some of its values
          </label>
          {allowed !== null && (
            <Field name={`${base}.allowedCodes`} label={`Values of ${of.name} that are allowed`} group>
              {(control) => (
                <ValueInput
                  control={control}
                  label={of.name}
                  of={{ ...of, multiple: true }}
                  value={allowed}
                  onChange={codes.onChange}
                  onBlur={codes.onBlur}
                  readOnly={readOnly}
                />
              )}
            </Field>
          )}
        </div>
      )}
    </div>
  );
}

function LifeCycle({ view, dirty }: { view: SpecificationView; dirty: boolean }) {
  const router = useRouter();
  const refused = dirty ? "Save or discard your changes first." : undefined;
  const path = { id: view.id };
  const moves: Record<SpecificationView["status"], Action[]> = {
    DRAFT: [
      {
        label: "Activate",
        question: `Offerings of the kind ${view.name} can be published from then on.`,
        refused,
        run: async (key) => {
          const header = { "if-match": ifMatch(view.version), "Idempotency-Key": key };
          await got(api.POST("/api/specifications/{id}/activate", { params: { path, header } }));
        },
      },
    ],
    ACTIVE: [
      {
        label: "Retire",
        danger: true,
        question: `${view.name} stays for what is published already, and is for nothing new. It cannot be undone.`,
        refused,
        run: async (key) => {
          const header = { "if-match": ifMatch(view.version), "Idempotency-Key": key };
          await got(api.POST("/api/specifications/{id}/retire", { params: { path, header } }));
        },
      },
    ],
    RETIRED: [],
  };
  return (
    <Panel title="Life cycle">
      <p className="flex items-center gap-2">
        <Status of={view.status} />
        {view.status === "DRAFT" && (
          <span className="text-ink-soft">Its offerings cannot be published yet.</span>
        )}
      </p>
      <Actions
        entity="specifications"
        actions={[
          ...moves[view.status],
          {
            label: "Delete",
            danger: true,
            question: `${view.name} is gone for good. It is refused while an offering uses it.`,
            refused,
            run: async () => {
              const header = { "if-match": ifMatch(view.version) };
              await api.DELETE("/api/specifications/{id}", { params: { path, header } });
              router.replace("/builder");
            },
          },
        ]}
      />
    </Panel>
  );
}
