"use client";

import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";

/**
 * A list whose order means something: each entry can go up and down (also by Alt and the arrow keys), or away.
 * What has the focus keeps it through a move, and what has happened is announced.
 */
export function ListEditor({
  id,
  count,
  noun,
  row,
  keyOf,
  nameOf,
  onAdd,
  onRemove,
  onMove,
  addLabel,
  most,
  readOnly,
}: {
  /** The id of the list's field: entries are found by it. */
  id: string;
  count: number;
  noun: string;
  row: (index: number) => ReactNode;
  keyOf: (index: number) => string;
  /** What an entry is called when it is announced. */
  nameOf: (index: number) => string;
  onAdd?: () => void;
  onRemove: (index: number) => void;
  onMove?: (from: number, to: number) => void;
  addLabel?: string;
  most?: number;
  readOnly?: boolean;
}) {
  const [said, setSaid] = useState("");
  const called = (index: number) => nameOf(index) || `${noun} ${index + 1}`;
  const entry = (index: number) => document.getElementById(`${id}-entry-${index}`);

  function move(from: number, to: number, again: string) {
    if (!onMove || to < 0 || to >= count) return;
    setSaid(`${called(from)} is now ${to + 1} of ${count}.`);
    onMove(from, to);
    requestAnimationFrame(() => {
      const there = entry(to);
      const button = there?.querySelector<HTMLButtonElement>(`[data-move=${again}]`);
      (button && !button.disabled
        ? button
        : there?.querySelector<HTMLElement>("input,select,button")
      )?.focus();
    });
  }

  function remove(index: number) {
    setSaid(`${called(index)} is removed.`);
    onRemove(index);
    requestAnimationFrame(() => {
      const next = entry(Math.min(index, count - 2));
      const add = document.getElementById(`${id}-add`);
      (next?.querySelector<HTMLElement>("[data-remove]") ?? add)?.focus();
    });
  }

  function add() {
    onAdd?.();
    requestAnimationFrame(() => entry(count)?.querySelector<HTMLElement>("input")?.focus());
  }

  function pressed(event: KeyboardEvent, index: number) {
    if (readOnly) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(index, event.key === "ArrowUp" ? index - 1 : index + 1, event.key === "ArrowUp" ? "up" : "down");
    }
    const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
    if (event.key === "Enter" && typing && onAdd) {
      event.preventDefault(); // the next entry, and not the whole form
      if (index === count - 1 && count < (most ?? Number.POSITIVE_INFINITY)) add();
      else
        entry(index + 1)
          ?.querySelector<HTMLElement>("input")
          ?.focus();
    }
  }

  return (
    <div className="min-w-0 space-y-2">
      <ol className="min-w-0 space-y-2">
        {Array.from({ length: count }, (_, index) => (
          <li
            key={keyOf(index)}
            id={`${id}-entry-${index}`}
            aria-label={called(index)}
            className="flex min-w-0 items-start gap-1 rounded-md border border-line p-2 max-sm:flex-col"
            onKeyDown={(event) => pressed(event, index)}
          >
            <div className="min-w-0 flex-1 max-sm:w-full">{row(index)}</div>
            {!readOnly && (
              <div className="flex shrink-0 items-center max-sm:self-end">
                {onMove && (
                  <>
                    <Button
                      look="quiet"
                      size="icon"
                      data-move="up"
                      aria-label={`Move ${called(index)} up`}
                      disabled={index === 0}
                      onClick={() => move(index, index - 1, "up")}
                    >
                      <ArrowUp aria-hidden />
                    </Button>
                    <Button
                      look="quiet"
                      size="icon"
                      data-move="down"
                      aria-label={`Move ${called(index)} down`}
                      disabled={index === count - 1}
                      onClick={() => move(index, index + 1, "down")}
                    >
                      <ArrowDown aria-hidden />
                    </Button>
                  </>
                )}
                <Button
                  look="quiet"
                  size="icon"
                  data-remove
                  aria-label={`Remove ${called(index)}`}
                  onClick={() => remove(index)}
                >
                  <Trash2 aria-hidden />
                </Button>
              </div>
            )}
          </li>
        ))}
      </ol>
      {!readOnly && onAdd && (
        <Button id={`${id}-add`} disabled={most !== undefined && count >= most} onClick={add}>
          <Plus aria-hidden />
          {addLabel ?? `Add ${noun}`}
        </Button>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}
