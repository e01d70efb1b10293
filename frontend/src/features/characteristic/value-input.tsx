"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { NumberInput, useLocale } from "@/components/form/inputs";
import type { Control } from "@/components/form/kit";
import { Button } from "@/components/ui/button";
import { Input, NativeSelect } from "@/components/ui/input";
import { parseDecimal, spelled } from "@/lib/money";
import { type CharacteristicView, isNumeric, type Typed } from "./value";

/** How a characteristic's values are typed: made of what it says. A field of several choices is a group. */
export function ValueInput({
  control,
  label,
  of,
  codes,
  value,
  onChange,
  onBlur,
  readOnly,
}: {
  control: Control;
  label: string;
  of: Pick<CharacteristicView, "valueType" | "unit" | "multiple" | "allowedValues">;
  /** Of a choice, the values it is narrowed to. */
  codes?: readonly string[] | null;
  value: Typed;
  onChange: (value: Typed) => void;
  onBlur?: () => void;
  readOnly?: boolean;
}) {
  const { valueType, unit, multiple } = of;
  if (multiple) {
    const values = typeof value === "string" ? (value ? [value] : []) : value;
    if (valueType === "choice")
      return <Choices {...{ control, of, codes, values, onChange, onBlur, readOnly }} />;
    return <Several {...{ control, label, valueType, unit, values, onChange, onBlur, readOnly }} />;
  }
  const text = typeof value === "string" ? value : (value[0] ?? "");
  if (isNumeric(valueType)) {
    return (
      <NumberInput
        {...{ ...control, value: text, onChange, unit, readOnly }}
        {...(onBlur ? { onBlur } : {})}
      />
    );
  }
  if (valueType === "boolean" || valueType === "choice") {
    return (
      <NativeSelect
        {...control}
        value={text}
        disabled={readOnly}
        onBlur={onBlur}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">Not said</option>
        {optionsOf(of, codes, [text]).map(({ code, label: called, off }) => (
          <option key={code} value={code} disabled={off}>
            {called}
          </option>
        ))}
      </NativeSelect>
    );
  }
  return (
    <Input
      {...control}
      autoComplete="off"
      type={valueType === "date" ? "date" : "text"}
      value={text}
      readOnly={readOnly}
      onBlur={onBlur}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** What can be chosen: the live values, and of the others those that are chosen already. */
function optionsOf(
  of: Pick<CharacteristicView, "valueType" | "allowedValues">,
  codes: readonly string[] | null | undefined,
  chosen: readonly string[],
): { code: string; label: string; off: boolean }[] {
  const all =
    of.valueType === "boolean"
      ? [
          { code: "true", label: "Yes", deprecated: false },
          { code: "false", label: "No", deprecated: false },
        ]
      : of.allowedValues;
  const known = all.map((one) => {
    const off = (one.deprecated ?? false) || !(codes?.includes(one.code) ?? true);
    const said = one.deprecated
      ? `${one.label} (deprecated)`
      : off
        ? `${one.label} (not allowed here)`
        : one.label;
    return { code: one.code, label: said, off };
  });
  const foreign = chosen
    .filter((code) => code && !all.some((one) => one.code === code))
    .map((code) => ({ code, label: `${code} (unknown)`, off: true }));
  return [...known, ...foreign].filter((one) => !one.off || chosen.includes(one.code));
}

function Choices({
  control,
  of,
  codes,
  values,
  onChange,
  onBlur,
  readOnly,
}: {
  control: Control;
  of: Pick<CharacteristicView, "valueType" | "allowedValues">;
  codes: readonly string[] | null | undefined;
  values: readonly string[];
  onChange: (values: string[]) => void;
  onBlur?: (() => void) | undefined;
  readOnly?: boolean | undefined;
}) {
  const options = optionsOf(of, codes, values);
  const order = options.map((one) => one.code);
  return (
    <div className="grid max-h-60 grid-cols-1 gap-x-4 overflow-y-auto rounded-md border border-line px-2 py-1 sm:grid-cols-2">
      {options.map(({ code, label }) => (
        <label key={code} className="flex min-h-8 items-center gap-2">
          <input
            type="checkbox"
            className="size-5 shrink-0 accent-accent"
            aria-describedby={control["aria-describedby"]}
            checked={values.includes(code)}
            disabled={readOnly}
            onBlur={onBlur}
            onChange={(event) => {
              const next = event.target.checked ? [...values, code] : values.filter((one) => one !== code);
              onChange(next.sort((one, other) => order.indexOf(one) - order.indexOf(other)));
            }}
          />
          <span className="min-w-0">{label}</span>
        </label>
      ))}
    </div>
  );
}

/** Several texts, numbers or days: each is taken by Enter, the last is taken back by Backspace. */
function Several({
  control,
  label,
  valueType,
  unit,
  values,
  onChange,
  onBlur,
  readOnly,
}: {
  control: Control;
  label: string;
  valueType: CharacteristicView["valueType"];
  unit: string | null;
  values: readonly string[];
  onChange: (values: string[]) => void;
  onBlur?: (() => void) | undefined;
  readOnly?: boolean | undefined;
}) {
  const locale = useLocale();
  const [text, setText] = useState("");
  const numeric = isNumeric(valueType);

  function take() {
    const said = text.trim();
    if (!said) return;
    onChange([...values, numeric ? (parseDecimal(said, locale) ?? said) : said]);
    setText("");
  }

  return (
    <div className="space-y-1.5">
      {values.length > 0 && (
        <ul aria-label={`${label}: values`} className="flex flex-wrap gap-1">
          {values.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two may be the same
            <li key={index} className="flex h-6 items-center gap-1 rounded bg-accent-soft pl-2 text-accent">
              <span className="max-w-60 truncate">
                {numeric ? spelled(one, locale) : one}
                {unit && ` ${unit}`}
              </span>
              {readOnly ? (
                <span className="w-1" />
              ) : (
                <button
                  type="button"
                  aria-label={`Remove ${one}`}
                  className="grid size-6 cursor-pointer place-items-center rounded hover:bg-surface"
                  onClick={() => onChange(values.filter((_, at) => at !== index))}
                >
                  <X aria-hidden className="size-3.5" />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="flex gap-2">
        <Input
          {...control}
          autoComplete="off"
          type={valueType === "date" ? "date" : "text"}
          inputMode={numeric ? "decimal" : undefined}
          value={text}
          readOnly={readOnly}
          placeholder={readOnly ? undefined : "Type a value, then Enter"}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault(); // the value, and not the form
              take();
            } else if (event.key === "Backspace" && !text && values.length) onChange(values.slice(0, -1));
          }}
          onBlur={() => {
            take();
            onBlur?.();
          }}
        />
        {!readOnly && (
          <Button disabled={!text.trim()} onClick={take}>
            Add
          </Button>
        )}
      </div>
    </div>
  );
}
