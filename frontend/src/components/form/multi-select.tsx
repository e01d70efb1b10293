"use client";

import { Combobox } from "@base-ui/react/combobox";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, ChevronDown, Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { problemOf } from "@/lib/api/problem";
import { cn } from "@/lib/cn";
import type { Control } from "./kit";
import { MOST_FOUND, type Option, type Source } from "./options";
import { useDebounced } from "./use-debounced";

const CHIP = "flex h-6 min-w-0 items-center gap-1 rounded bg-accent-soft pl-2 text-accent";

/**
 * Several of many, or one of many with `most={1}`: a search box with what is chosen as chips, by keyboard and by
 * pointer. Arrow keys go through what is found, Enter chooses, Backspace takes the last one back.
 */
export function MultiSelect({
  control,
  label,
  source,
  value,
  onChange,
  onBlur,
  most,
  readOnly,
  placeholder,
  create,
}: {
  control: Control;
  /** As the field is called. */
  label: string;
  source: Source;
  value: readonly string[];
  onChange: (ids: string[]) => void;
  onBlur?: () => void;
  most?: number;
  readOnly?: boolean | undefined;
  placeholder?: string;
  /** Something new instead: what it is called, and what opens the form for it with the text of the search. */
  create?: { label: string; open: (text: string) => void } | undefined;
}) {
  const [text, setText] = useState("");
  /** What was looked for last: the list forgets it when it closes. */
  const [sought, setSought] = useState("");
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const [picked, setPicked] = useState<ReadonlyMap<string, Option>>(new Map());
  const wanted = useDebounced(text.trim());

  const results = useQuery({
    queryKey: [source.entity, "options", wanted],
    queryFn: () => source.search(wanted),
    enabled: open,
    placeholderData: keepPreviousData,
  });
  const unknown = value.filter((id) => !picked.has(id));
  const named = useQuery({
    queryKey: [source.entity, "named", unknown],
    queryFn: () => source.find(unknown),
    enabled: unknown.length > 0,
    placeholderData: keepPreviousData,
  });

  const known = new Map([...(named.data ?? []).map((one) => [one.id, one] as const), ...picked]);
  const chosen = value.map(
    (id) => known.get(id) ?? { id, name: named.isPending ? "…" : "Not found any more" },
  );
  const items = results.data ?? [];
  const waiting = results.isPending || wanted !== text.trim();
  const full = most !== undefined && most > 1 && value.length >= most;

  function choose(next: Option[]) {
    const kept = most === 1 ? next.slice(-1) : next.slice(0, most);
    setPicked(new Map(kept.filter((one) => one.name !== "…").map((one) => [one.id, one])));
    onChange(kept.map((one) => one.id));
    setText("");
    setSought("");
    if (most === 1) setOpen(false);
  }

  const chooser = (
    <Combobox.Root
      multiple
      items={items}
      filter={null}
      value={chosen}
      isItemEqualToValue={(one: Option, other: Option) => one.id === other.id}
      itemToStringLabel={(one: Option) => one.name}
      open={open}
      onOpenChange={setOpen}
      inputValue={text}
      autoHighlight
      readOnly={readOnly}
      onInputValueChange={(next, { reason }) => {
        if (reason !== "item-press") setText(next);
        if (reason === "input-change") setSought(next);
      }}
      onValueChange={(next: Option[], details) => {
        // Escape closes the list. That it would also take away all that is chosen is more than it was asked for.
        if (details.reason === "escape-key") details.cancel();
        else choose(next);
      }}
    >
      <Combobox.InputGroup
        ref={setPlace}
        className={cn(
          "flex min-h-9 w-full min-w-0 flex-wrap items-center gap-1 rounded-md border bg-surface py-1 pr-1 pl-1.5",
          "has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-accent",
          control["aria-invalid"] ? "border-bad" : "border-line-strong",
          readOnly && "bg-sunken",
        )}
      >
        <Combobox.Chips className="flex min-w-0 flex-1 flex-wrap items-center gap-1">
          {chosen.map((one) =>
            readOnly ? (
              <span key={one.id} className={cn(CHIP, "pr-2")}>
                <span className="truncate">{one.name}</span>
              </span>
            ) : (
              <Combobox.Chip key={one.id} aria-label={one.name} className={CHIP}>
                <span className="truncate">{one.name}</span>
                <Combobox.ChipRemove
                  aria-label={`Remove ${one.name}`}
                  className="grid size-6 cursor-pointer place-items-center rounded hover:bg-surface"
                >
                  <X aria-hidden className="size-3.5" />
                </Combobox.ChipRemove>
              </Combobox.Chip>
            ),
          )}
          <Combobox.Input
            {...control}
            aria-label={label} // while the list is open, what is around the input is hidden from screen readers
            placeholder={value.length && most === 1 ? "Choose another…" : placeholder}
            className="h-6 min-w-32 flex-1 bg-transparent px-1 outline-none placeholder:text-ink-soft"
            onBlur={() => {
              setOpen(false);
              setText("");
              onBlur?.();
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.preventDefault(); // it chooses, and does not send the form
            }}
          />
        </Combobox.Chips>
        {!readOnly && (
          <Combobox.Trigger
            aria-label="Show the list"
            className="grid size-6 shrink-0 cursor-pointer place-items-center rounded hover:bg-sunken"
          >
            <ChevronDown aria-hidden className="size-4" />
          </Combobox.Trigger>
        )}
      </Combobox.InputGroup>
      {open && (
        <Combobox.Portal container={place?.closest<HTMLElement>("[role=dialog]") ?? undefined}>
          <Combobox.Positioner anchor={place} sideOffset={4} className="z-50 outline-none">
            <div className="flex max-h-[min(20rem,var(--available-height))] w-[max(var(--anchor-width),16rem)] max-w-(--available-width) flex-col overflow-hidden rounded-md border border-line bg-surface shadow-lg">
              <Combobox.Status className="border-b border-line px-3 py-1.5 text-xs text-ink-soft">
                {results.isError
                  ? problemOf(results.error).message
                  : full
                    ? `${most} are chosen, and no more are possible.`
                    : waiting
                      ? "Searching…"
                      : items.length === 0
                        ? `Nothing found${text ? ` for “${text.trim()}”` : ""}.`
                        : items.length < MOST_FOUND
                          ? `${items.length} found`
                          : `The first ${MOST_FOUND}: type to narrow it`}
              </Combobox.Status>
              <Combobox.List className="min-h-0 flex-1 overflow-y-auto p-1 empty:p-0">
                {(one: Option) => {
                  const taken = value.includes(one.id);
                  const refused = !taken && (one.refused || full);
                  return (
                    <Combobox.Item
                      key={one.id}
                      value={one}
                      disabled={Boolean(refused)}
                      className="flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 data-disabled:cursor-not-allowed data-highlighted:bg-accent-soft"
                    >
                      <Check
                        aria-hidden
                        className={cn("size-4 shrink-0 text-accent", !taken && "invisible")}
                      />
                      <span className="min-w-0 flex-1">
                        <span className={cn("block truncate", refused && "text-ink-soft")}>{one.name}</span>
                        <span className="block truncate text-xs text-ink-soft">
                          {refused && one.refused ? one.refused : one.detail}
                        </span>
                      </span>
                      {one.state}
                    </Combobox.Item>
                  );
                }}
              </Combobox.List>
            </div>
          </Combobox.Positioner>
        </Combobox.Portal>
      )}
    </Combobox.Root>
  );
  if (!create || readOnly) return chooser;
  return (
    <div className="space-y-1">
      {chooser}
      <Button look="quiet" size="sm" onClick={() => create.open(sought.trim())}>
        <Plus aria-hidden />
        {create.label}
      </Button>
    </div>
  );
}
