"use client";

import { X } from "lucide-react";
import { useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input, NativeSelect } from "@/components/ui/input";
import { type GridFilter, tidy } from "./grid";
import type { GridState } from "./state";

/** How long somebody pauses before it is searched for what they have typed. */
const PAUSE = 250;

export function Filters({ filters, state }: { filters: readonly GridFilter[]; state: GridState }) {
  return (
    <search className="flex flex-wrap items-end gap-2">
      {filters.map((one) => {
        const value = state.filters[one.name] ?? "";
        return one.kind === "text" ? (
          <TextFilter
            key={one.name}
            label={one.label}
            value={value}
            onChange={(text) => state.setFilter(one.name, text || null, "replace")}
          />
        ) : (
          <ChoiceFilter
            key={one.name}
            label={one.label}
            value={value}
            choices={one.choices}
            onChange={(choice) => state.setFilter(one.name, choice || null)}
          />
        );
      })}
      {state.filtered && (
        <Button look="quiet" onClick={state.clear}>
          <X aria-hidden />
          Clear filters
        </Button>
      )}
    </search>
  );
}

/** Searches while somebody types, once they pause; Enter does not wait. */
function TextFilter({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (text: string) => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const begin = useEffectEvent(() => {
    const early = input.current?.value ?? "";
    if (early !== value) type(early); // typed while no script ran yet
  });
  useEffect(() => {
    begin();
    return () => clearTimeout(timer.current);
  }, []);

  function ask(text: string) {
    clearTimeout(timer.current);
    if (tidy(text) !== value) onChange(tidy(text));
  }

  function settle(text: string) {
    setTyped(null);
    ask(text);
  }

  function type(text: string) {
    setTyped(text);
    clearTimeout(timer.current);
    // What ends with a space is shown as it was typed until more comes.
    timer.current = setTimeout(() => (text === tidy(text) ? settle(text) : ask(text)), PAUSE);
  }

  return (
    <div className="grid min-w-32 flex-1 grid-cols-1 gap-1 sm:max-w-56">
      <label htmlFor={id} className="text-xs text-ink-soft">
        {label} contains
      </label>
      <Input
        ref={input}
        id={id}
        type="search"
        data-search
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={typed ?? value}
        onChange={(event) => type(event.target.value)}
        onBlur={() => typed !== null && settle(typed)}
        onKeyDown={(event) => event.key === "Enter" && settle(event.currentTarget.value)}
      />
    </div>
  );
}

function ChoiceFilter({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: string;
  choices: readonly { value: string; label: string }[];
  onChange: (choice: string) => void;
}) {
  const id = useId();
  return (
    <div className="grid min-w-28 flex-1 grid-cols-1 gap-1 sm:max-w-40">
      <label htmlFor={id} className="text-xs text-ink-soft">
        {label}
      </label>
      <NativeSelect id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">Any</option>
        {choices.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}
