"use client";

import type { ComponentType } from "react";
import type { FieldValues } from "react-hook-form";
import { keyOf } from "./texts";
import type { FormProps, Kind, Versioned } from "./use-entity-form";

/** What a form that finds its own beginning is given. */
export interface StartedProps<View> extends Omit<FormProps<View, never>, "initial"> {
  /** What something new begins as a copy of. */
  original: View | null;
}

interface Named extends FieldValues {
  name: string;
  key: string;
}

/** A form that begins with what is saved, with a copy of something else, or empty. */
export function started<View extends Versioned, Values extends Named, Body>(
  { values }: Kind<View, Values, Body>,
  empty: Values,
  Form: ComponentType<FormProps<View, Values>>,
): ComponentType<StartedProps<View>> {
  function copyOf(original: View): Values {
    const copied = values(original);
    const name = `${copied.name} (copy)`;
    return { ...copied, name, key: keyOf(name) };
  }
  return function Started({ original, ...rest }) {
    const initial = rest.view ? values(rest.view) : original ? copyOf(original) : empty;
    return <Form initial={initial} {...rest} />;
  };
}
