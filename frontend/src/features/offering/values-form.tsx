"use client";
import { useEffect, useEffectEvent, useState } from "react";
import { useController, useFormContext, useWatch } from "react-hook-form";
import { Field, Row, useKit } from "@/components/form/kit";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { type CharacteristicView, type Typed, typed } from "@/features/characteristic/value";
import { ValueInput } from "@/features/characteristic/value-input";
import { foreignValues, type OfferingValues, type Template, usesOf, withDefaults } from "./schema";

/** What is said of this product: an input for each characteristic that the specification has. */
export function ValuesForm({ template, chosen }: { template: Template | null; chosen: string | undefined }) {
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
