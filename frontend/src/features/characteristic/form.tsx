"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { useFieldArray, useWatch } from "react-hook-form";
import { type Action, Actions } from "@/components/form/actions";
import { EntityFormView } from "@/components/form/entity-form";
import { CheckField, ChoiceField, NumberField, TextField } from "@/components/form/inputs";
import { Field, Panel, Row, Section, useKit } from "@/components/form/kit";
import { ListEditor } from "@/components/form/list-editor";
import { NameFields } from "@/components/form/name-fields";
import { started } from "@/components/form/started";
import { useDebounced } from "@/components/form/use-debounced";
import { type FormProps, useEntityForm } from "@/components/form/use-entity-form";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { api, got, ifMatch } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";
import { characteristicKind } from "./kind";
import {
  type CharacteristicValues,
  CONSTRAINTS,
  characteristicSchema,
  emptyCharacteristic,
  MOST_ALLOWED_VALUES,
  mayHaveSeveral,
} from "./schema";
import { type CharacteristicView, isEmpty, isNumeric, jsonOf, type Typed, valueFault } from "./value";
import { ValueInput } from "./value-input";
import { VALUE_TYPES } from "./words";

const TYPE_HINTS: Record<CharacteristicValues["valueType"], string> = {
  text: "Such as a model",
  integer: "Such as 12, with a unit or without",
  decimal: "Such as 12.5, with a unit or without",
  boolean: "Such as eSIM: yes",
  date: "Such as the first day of sale",
  choice: "One of a list, or several",
};

const TYPES = (["text", "integer", "decimal", "boolean", "date", "choice"] as const).map((value) => ({
  value,
  label: VALUE_TYPES[value],
  hint: TYPE_HINTS[value],
}));

/** Units that catalogs are full of; all others of UCUM can be typed, too. */
const UNITS =
  "GB MB TB GiB Mbit/s Gbit/s MB/s min h d wk mo a mm cm m km g kg mL L W kW V A mA.h Cel MHz GHz % [in_i] lm dB";

export function CharacteristicForm({
  view,
  initial,
  address,
  onSaved,
}: FormProps<CharacteristicView, CharacteristicValues>) {
  const entity = useEntityForm({
    kind: characteristicKind,
    schema: characteristicSchema,
    view,
    initial,
    address,
    onSaved,
  });
  const saved = entity.base;
  const deprecated = saved?.status === "DEPRECATED";
  return (
    <EntityFormView
      entity={entity}
      locked={
        deprecated ? (
          <Notice kind="warn" title="This characteristic is deprecated">
            <p>It stays where it is used, is for nothing new, and is not changed any more.</p>
          </Notice>
        ) : undefined
      }
      aside={
        <>
          <TryValue saved={saved} dirty={entity.dirty} />
          {saved && <LifeCycle view={saved} dirty={entity.dirty} />}
        </>
      }
    >
      <Section title="What it is">
        <NameFields isNew={!saved} />
      </Section>
      <ValueSection />
    </EntityFormView>
  );
}

export const StartedCharacteristicForm = started(characteristicKind, emptyCharacteristic, CharacteristicForm);

function ValueSection() {
  const type = useWatch<CharacteristicValues, "valueType">({ name: "valueType" });
  const units = useId();
  const shown = CONSTRAINTS[type];
  return (
    <Section title="Its values" description="What may be said of a product, and what is refused.">
      <ChoiceField name="valueType" label="Type of value" options={TYPES} />
      {mayHaveSeveral(type) && (
        <CheckField name="multiple" label="A product may have several of these values" />
      )}
      {isNumeric(type) && (
        <Row>
          <TextField
            name="unit"
            label="Unit"
            list={units}
            spellCheck={false}
            autoCapitalize="none"
            hint="A UCUM code such as GB, Mbit/s or cm; empty for a plain number."
          />
          <datalist id={units}>
            {UNITS.split(" ").map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </Row>
      )}
      {shown.length > 0 && (
        <Row className={shown.length > 2 ? "xl:grid-cols-4" : ""}>
          {shown.includes("min") && type !== "date" && <NumberField name="constraints.min" label="Least" />}
          {shown.includes("max") && type !== "date" && <NumberField name="constraints.max" label="Most" />}
          {type === "date" && <TextField name="constraints.min" label="Earliest" type="date" />}
          {type === "date" && <TextField name="constraints.max" label="Latest" type="date" />}
          {shown.includes("step") && (
            <NumberField name="constraints.step" label="Step" hint="Counted from the least, or from 0." />
          )}
          {shown.includes("scale") && (
            <TextField
              name="constraints.scale"
              label="Decimal places"
              inputMode="numeric"
              hint="At most, 0 to 12."
            />
          )}
          {shown.includes("maxLength") && (
            <TextField
              name="constraints.maxLength"
              label="Longest text"
              inputMode="numeric"
              hint="Characters, 1 to 4000."
            />
          )}
          {shown.includes("pattern") && (
            <TextField
              name="constraints.pattern"
              label="Pattern"
              spellCheck={false}
              autoCapitalize="none"
              className="[&_input]:font-mono"
              hint="A regular expression (RE2) for the whole text."
            />
          )}
        </Row>
      )}
      {type === "choice" && <AllowedValues />}
    </Section>
  );
}

const NEW_VALUE = { code: "", label: "", default: false, deprecated: false };

function AllowedValues() {
  const { id, readOnly } = useKit();
  const { fields, append, remove, move } = useFieldArray<CharacteristicValues, "allowedValues">({
    name: "allowedValues",
  });
  const values = useWatch<CharacteristicValues, "allowedValues">({ name: "allowedValues" });
  return (
    <Field name="allowedValues" label="Allowed values" required group shallow>
      {() => (
        <ListEditor
          id={`${id}.allowedValues`}
          count={fields.length}
          noun="value"
          most={MOST_ALLOWED_VALUES}
          readOnly={readOnly}
          keyOf={(index) => fields[index]?.id ?? String(index)}
          nameOf={(index) => values[index]?.label || values[index]?.code || ""}
          onAdd={() =>
            append({ ...NEW_VALUE, order: (values.at(-1)?.order ?? -1) + 1 }, { shouldFocus: false })
          }
          onRemove={remove}
          onMove={move}
          row={(index) => (
            <div className="grid grid-cols-1 gap-x-3 gap-y-2 sm:grid-cols-2 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto_auto]">
              <TextField
                name={`allowedValues.${index}.code`}
                label="Code"
                required
                spellCheck={false}
                autoCapitalize="none"
                className="[&_input]:font-mono"
              />
              <TextField name={`allowedValues.${index}.label`} label="Label" required />
              <CheckField name={`allowedValues.${index}.default`} label="Default" className="xl:pt-7" />
              <CheckField name={`allowedValues.${index}.deprecated`} label="Deprecated" className="xl:pt-7" />
            </div>
          )}
        />
      )}
    </Field>
  );
}

/** A value to try: judged by the platform as the characteristic is saved, before that by what is known here. */
function TryValue({ saved, dirty }: { saved: CharacteristicView | null; dirty: boolean }) {
  const values = useWatch() as CharacteristicValues;
  const [value, setValue] = useState<Typed>("");
  const id = useId();
  const parsed = characteristicSchema.safeParse(values);
  const definition = {
    valueType: values.valueType,
    unit: values.unit || null,
    multiple: values.multiple && mayHaveSeveral(values.valueType),
    allowedValues: values.valueType === "choice" ? values.allowedValues : [],
    constraints: parsed.success ? (parsed.data.constraints ?? {}) : {},
  };
  const json = jsonOf(value, definition);
  const asked = useDebounced(JSON.stringify(json));
  const live = saved !== null && !dirty;
  const verdict = useQuery({
    queryKey: ["try", saved?.id, saved?.version, asked],
    queryFn: () =>
      got(
        api.POST("/api/characteristics/lookup", {
          body: { ids: [saved?.id ?? ""], values: { [saved?.id ?? ""]: JSON.parse(asked) } },
        }),
      ),
    enabled: live && asked !== undefined,
  });
  const empty = isEmpty(value);
  const waiting = live && !empty && (verdict.isPending || asked !== JSON.stringify(json));
  const fault = live
    ? (verdict.data?.problems[0]?.message ?? null)
    : empty
      ? null
      : valueFault(value, definition);
  return (
    <Panel title="Try a value">
      <div className="space-y-1">
        <label htmlFor={id} className="font-medium">
          Value
        </label>
        <ValueInput
          key={`${definition.valueType} ${definition.multiple}`}
          control={{ id, "aria-describedby": `${id}-verdict` }}
          label="Value to try"
          of={definition as CharacteristicView}
          value={value}
          onChange={setValue}
        />
      </div>
      <div role="status" id={`${id}-verdict`} className="space-y-1">
        {empty ? (
          <p className="text-ink-soft">Type a value to see whether it is accepted.</p>
        ) : waiting ? (
          <p className="text-ink-soft">Asking…</p>
        ) : live && verdict.isError ? (
          <p className="text-warn">{problemOf(verdict.error).message}</p>
        ) : fault ? (
          <>
            <Badge tone="bad" icon={CircleX}>
              Refused
            </Badge>
            <p>{fault}</p>
          </>
        ) : (
          <Badge tone="good" icon={CircleCheck}>
            Accepted
          </Badge>
        )}
      </div>
      <p className="text-xs text-ink-soft">
        {live
          ? `Judged by the platform, as saved in version ${saved.version}.`
          : `Judged here, as it stands in the form. The platform judges it when it is saved${
              definition.constraints.pattern ? ", the pattern only then" : ""
            }.`}
      </p>
    </Panel>
  );
}

function LifeCycle({ view, dirty }: { view: CharacteristicView; dirty: boolean }) {
  const router = useRouter();
  const where = { path: { id: view.id } };
  const unsaved = dirty ? "Save or discard your changes first." : undefined;
  const actions: Action[] = [
    {
      label: "Delete",
      danger: true,
      question: `${view.name} is gone for good. It is refused while a specification uses it.`,
      refused: unsaved,
      run: async () => {
        await api.DELETE("/api/characteristics/{id}", {
          params: { ...where, header: { "if-match": ifMatch(view.version) } },
        });
        router.replace("/builder");
      },
    },
  ];
  if (view.status === "ACTIVE") {
    actions.unshift({
      label: "Deprecate",
      question: `${view.name} stays where it is used, but no new specification can use it, and it is not changed any more.`,
      refused: unsaved,
      run: async (key) => {
        await api.POST("/api/characteristics/{id}/deprecate", {
          params: { ...where, header: { "if-match": ifMatch(view.version), "Idempotency-Key": key } },
        });
      },
    });
  }
  return (
    <Panel title="Life cycle">
      <Actions entity="characteristics" actions={actions} />
    </Panel>
  );
}
