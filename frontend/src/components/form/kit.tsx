"use client";

import { createContext, type ReactNode, useContext } from "react";
import { useFormState } from "react-hook-form";
import { cn } from "@/lib/cn";
import { messageAt } from "./pointers";

/** What the fields of one form share. */
export interface Kit {
  /** The beginning of the ids of its fields: two forms can have a field of one name. */
  id: string;
  readOnly: boolean;
  /** What is not wrong with a field, but keeps what is described from being published, by the field's name. */
  notes: ReadonlyMap<string, string>;
}

const KitContext = createContext<Kit>({ id: "form", readOnly: false, notes: new Map() });
export const KitProvider = KitContext.Provider;
export const useKit = () => useContext(KitContext);

export const fieldId = (form: string, name: string) => `${form}.${name}`;

/** Put the focus into a field, in the middle of the window: the bar below hides nothing. */
export function focusField(form: string, name: string): void {
  const field = document.getElementById(fieldId(form, name));
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "center" });
}

/** Put the focus into a field, or the nearest one around it that there is: of `priceIds.0` into `priceIds`. */
export function focusNearest(form: string, name: string, otherwise = ""): void {
  let at = name;
  while (at && !document.getElementById(fieldId(form, at))) at = at.split(".").slice(0, -1).join(".");
  if (at || otherwise) focusField(form, at || otherwise);
}

/** What an input gets from its field. */
export interface Control {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
}

interface FieldProps {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  required?: boolean | undefined;
  /** Several inputs that are one field: a legend instead of a label. */
  group?: boolean;
  /** The label is there for those who cannot see where the field stands, as in a row of a list. */
  labelHidden?: boolean;
  /** What is wrong in a part of it is said there, and not here again. */
  shallow?: boolean;
  /** The label stands behind the input, as with a check box. */
  inline?: boolean;
  className?: string | undefined;
  children: (control: Control) => ReactNode;
}

/** A label, an input, what helps, and what is wrong: each bound to the input. */
export function Field({
  name,
  label,
  hint,
  required,
  group,
  labelHidden,
  inline,
  shallow,
  className,
  children,
}: FieldProps) {
  const kit = useKit();
  const { errors } = useFormState({ name });
  const id = fieldId(kit.id, name);
  const message = messageAt(errors, name, !shallow);
  const note = message ? undefined : kit.notes.get(name);
  const described = [hint && `${id}-hint`, message && `${id}-error`, note && `${id}-note`].filter(Boolean);
  const control: Control = {
    id,
    ...(described.length ? { "aria-describedby": described.join(" ") } : {}),
    ...(message ? { "aria-invalid": true as const } : {}),
    ...(required && !group ? { "aria-required": true as const } : {}),
  };
  const text = (
    <>
      {label}
      {required && (
        <span aria-hidden className="text-bad">
          {" *"}
        </span>
      )}
    </>
  );
  const look = cn("font-medium", labelHidden && "sr-only");
  const named = group ? (
    <span id={`${id}-label`} className={cn("block", look)}>
      {text}
    </span>
  ) : (
    <label htmlFor={id} id={`${id}-label`} className={cn("block w-fit", look)}>
      {text}
    </label>
  );
  return (
    <div className={cn("min-w-0 space-y-1", className)}>
      {!inline && named}
      {inline ? (
        <div className="flex min-h-6 items-center gap-2">
          {children(control)}
          {named}
        </div>
      ) : group ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot get the focus when something is wrong in it
        <div
          role="group"
          tabIndex={-1}
          aria-labelledby={`${id}-label`}
          aria-describedby={control["aria-describedby"]}
          id={id}
          className="rounded-md"
        >
          {children(control)}
        </div>
      ) : (
        children(control)
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-ink-soft">
          {hint}
        </p>
      )}
      {message && (
        <p id={`${id}-error`} className="text-xs font-medium text-bad">
          {message}
        </p>
      )}
      {note && (
        <p id={`${id}-note`} className="text-xs text-warn">
          Not ready to publish: {note}
        </p>
      )}
    </div>
  );
}

/** Fields that belong together, under a heading. */
export function Section({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="min-w-0 space-y-4 rounded-lg border border-line bg-surface p-4 sm:p-5">
      <div>
        <h2>{title}</h2>
        {description && <p className="mt-0.5 text-ink-soft">{description}</p>}
      </div>
      {children}
    </section>
  );
}

/** A place for what belongs to the thing and is no field of it: a preview, a verdict, what can be done. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 space-y-3 rounded-lg border border-line bg-surface p-4">
      <h2 className="text-sm">{title}</h2>
      {children}
    </section>
  );
}

/** Fields beside each other where there is room. */
export function Row({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cn("grid grid-cols-1 gap-4 sm:grid-cols-2", className)}>{children}</div>;
}
