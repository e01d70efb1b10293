"use client";

import { type ComponentProps, type ReactNode, useState, useSyncExternalStore } from "react";
import { useController } from "react-hook-form";
import { Input, NativeSelect, Textarea } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { parseAmount, parseDecimal, spelled } from "@/lib/money";
import { Field, useKit } from "./kit";
import { INCOMPLETE, localText, momentOf, offsetAt } from "./moments";

interface Common {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  required?: boolean | undefined;
  labelHidden?: boolean;
  className?: string;
  readOnly?: boolean;
}

const never = () => () => undefined;

/** The language that numbers are typed in: the browser's own. */
export const useLocale = () =>
  useSyncExternalStore(
    never,
    () => navigator.language,
    () => "en",
  );

export function TextField({
  name,
  label,
  hint,
  required,
  labelHidden,
  className,
  readOnly,
  onEdit,
  ...rest
}: Common & { onEdit?: (text: string) => void } & Omit<ComponentProps<"input">, keyof Common>) {
  const { field } = useController({ name });
  const kit = useKit();
  return (
    <Field {...{ name, label, hint, required, className }} {...(labelHidden ? { labelHidden } : {})}>
      {(control) => (
        <Input
          autoComplete="off"
          {...rest}
          {...control}
          ref={field.ref}
          name={name}
          value={field.value ?? ""}
          readOnly={kit.readOnly || readOnly}
          onBlur={field.onBlur}
          onChange={(event) => {
            field.onChange(event);
            onEdit?.(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

export function TextAreaField({ name, label, hint, required, className }: Common) {
  const { field } = useController({ name });
  const kit = useKit();
  return (
    <Field {...{ name, label, hint, required, className }}>
      {(control) => <Textarea {...control} {...field} readOnly={kit.readOnly} rows={3} />}
    </Field>
  );
}

export function SelectField({
  name,
  label,
  hint,
  required,
  className,
  options,
  readOnly,
  onEdit,
}: Common & { options: readonly (readonly [string, string])[]; onEdit?: (value: string) => void }) {
  const { field } = useController({ name });
  const kit = useKit();
  return (
    <Field {...{ name, label, hint, required, className }}>
      {(control) => (
        <NativeSelect
          {...control}
          {...field}
          disabled={kit.readOnly || readOnly}
          onChange={(event) => {
            field.onChange(event);
            onEdit?.(event.target.value);
          }}
        >
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}

export function CheckField({
  name,
  label,
  hint,
  className,
  labelHidden,
  onEdit,
}: Common & { onEdit?: (on: boolean) => void }) {
  const { field } = useController({ name });
  const kit = useKit();
  return (
    <Field {...{ name, label, hint, className }} inline {...(labelHidden ? { labelHidden } : {})}>
      {(control) => (
        <Checkbox
          {...control}
          ref={field.ref}
          checked={Boolean(field.value)}
          disabled={kit.readOnly}
          onBlur={field.onBlur}
          onChange={(event) => {
            field.onChange(event.target.checked);
            onEdit?.(event.target.checked);
          }}
        />
      )}
    </Field>
  );
}

/** A check box of 24 pixels to hit. */
export function Checkbox({ className, ...rest }: ComponentProps<"input">) {
  return <input type="checkbox" className={cn("size-6 shrink-0 accent-accent p-1", className)} {...rest} />;
}

/** One of a few, all of them to be seen. */
export function ChoiceField({
  name,
  label,
  hint,
  options,
  onEdit,
}: Common & {
  options: readonly { value: string; label: string; hint?: string }[];
  onEdit?: (value: string) => void;
}) {
  const { field } = useController({ name });
  const kit = useKit();
  return (
    <Field {...{ name, label, hint }} group>
      {(control) => (
        <div
          className={cn("grid grid-cols-1 gap-2", options.length % 3 ? "sm:grid-cols-2" : "sm:grid-cols-3")}
        >
          {options.map((one) => (
            <label
              key={one.value}
              className={cn(
                "flex cursor-pointer items-start gap-2 rounded-md border border-line-strong px-3 py-2",
                "has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-not-allowed has-disabled:opacity-60",
              )}
            >
              <input
                type="radio"
                name={control.id}
                value={one.value}
                checked={field.value === one.value}
                disabled={kit.readOnly}
                className="mt-0.5 size-4 shrink-0 accent-accent"
                onBlur={field.onBlur}
                onChange={() => {
                  field.onChange(one.value);
                  onEdit?.(one.value);
                }}
              />
              <span className="min-w-0">
                <span className="block font-medium">{one.label}</span>
                {one.hint && <span className="block text-xs text-ink-soft">{one.hint}</span>}
              </span>
            </label>
          ))}
        </div>
      )}
    </Field>
  );
}

/**
 * A number as exact text. It is typed in the reader's language and kept as "1234.5"; what is no number is kept as
 * it was typed, for the schema to name. With a currency it gets the currency's decimal places.
 */
export function NumberInput({
  value,
  onChange,
  onBlur,
  currency,
  unit,
  ...rest
}: Omit<ComponentProps<"input">, "value" | "onChange" | "onBlur"> & {
  value: string;
  onChange: (exact: string) => void;
  onBlur?: () => void;
  currency?: string | undefined;
  unit?: string | null | undefined;
}) {
  const locale = useLocale();
  const [typed, setTyped] = useState<string | null>(null);
  const read = (text: string) => (text.trim() ? (parseDecimal(text, locale) ?? text) : "");
  return (
    <div className="relative min-w-0">
      <Input
        autoComplete="off"
        inputMode="decimal"
        {...rest}
        className={cn("tabular", unit && "pr-16")}
        value={typed ?? spelled(value ?? "", locale)}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(read(event.target.value));
        }}
        onBlur={() => {
          const paid = currency && typed?.trim() ? parseAmount(typed, currency, locale) : null;
          if (paid !== null && paid !== value) onChange(paid);
          setTyped(null);
          onBlur?.();
        }}
      />
      {unit && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-2.5 grid max-w-14 items-center truncate text-xs text-ink-soft"
        >
          {unit}
        </span>
      )}
    </div>
  );
}

export function NumberField({
  name,
  label,
  hint,
  required,
  labelHidden,
  className,
  readOnly,
  currency,
  unit,
  placeholder,
}: Common & { currency?: string; unit?: string | null; placeholder?: string }) {
  const { field } = useController({ name });
  const kit = useKit();
  return (
    <Field {...{ name, label, hint, required, className }} {...(labelHidden ? { labelHidden } : {})}>
      {(control) => (
        <NumberInput
          {...control}
          ref={field.ref}
          value={field.value ?? ""}
          onChange={field.onChange}
          onBlur={field.onBlur}
          currency={currency}
          unit={unit}
          placeholder={placeholder}
          readOnly={kit.readOnly || readOnly}
        />
      )}
    </Field>
  );
}

/** A moment, typed in the reader's own time zone, which is said; kept as ISO text in UTC. */
export function MomentField({ name, label, hint, className }: Common) {
  const { field } = useController({ name });
  const kit = useKit();
  const zone = useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "", // the server does not know it
  );
  const value = String(field.value ?? "");
  return (
    <Field
      {...{ name, label, className }}
      hint={
        <>
          {zone ? `${zone} (UTC${offsetAt(value)})` : "Your time zone"}
          {hint && <>. {hint}</>}
        </>
      }
    >
      {(control) => (
        <Input
          {...control}
          ref={field.ref}
          type="datetime-local"
          max="9998-12-31T23:59"
          className="tabular"
          value={localText(value)}
          readOnly={kit.readOnly}
          onBlur={(event) => {
            if (event.target.validity.badInput) field.onChange(INCOMPLETE);
            field.onBlur();
          }}
          onChange={(event) => field.onChange(momentOf(event.target.value))}
        />
      )}
    </Field>
  );
}
