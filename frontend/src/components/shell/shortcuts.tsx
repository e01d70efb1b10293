"use client";

import { useEffect, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { useStored } from "@/lib/stored";
import { useGo } from "./link";

/** Heard when somebody asks for the overview without its key. */
export const SHOW_SHORTCUTS = "catalog:show-shortcuts";

/** Two keys one after the other; the second is waited for so long. */
const WAIT = 1_500;

const PLACES: Record<string, { href: string; label: string }> = {
  b: { href: "/builder", label: "Builder" },
  o: { href: "/viewer/offerings", label: "Offerings" },
  s: { href: "/viewer/specifications", label: "Specifications" },
  c: { href: "/viewer/characteristics", label: "Characteristics" },
  p: { href: "/viewer/prices", label: "Prices" },
};

/** Single keys for who wants them, and what they are: `?`. They can be turned off, as who speaks to a computer must. */
export function Shortcuts() {
  const go = useGo();
  const [open, setOpen] = useState(false);
  const [kept, keep] = useStored("catalog.shortcuts", ["on", "off"]);
  const on = kept === "on";

  useEffect(() => {
    const show = () => setOpen(true);
    window.addEventListener(SHOW_SHORTCUTS, show);
    return () => window.removeEventListener(SHOW_SHORTCUTS, show);
  }, []);

  useEffect(() => {
    if (!on) return;
    let waiting = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || occupied(event.target))
        return;
      const place = event.timeStamp < waiting ? PLACES[event.key] : undefined;
      waiting = event.key === "g" ? event.timeStamp + WAIT : 0;
      if (place) go(place.href);
      else if (event.key === "?") setOpen(true);
      else if (event.key === "/") {
        const field = document.querySelector<HTMLInputElement>("main [data-search]");
        if (!field) return;
        event.preventDefault();
        field.focus();
        field.select();
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [on, go]);

  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard shortcuts">
      <dl className="grid grid-cols-1 gap-1">
        <Line keys={["Ctrl", "K"]} what="Search, or go somewhere" />
        <Line keys={["?"]} what="This overview" />
        <Line keys={["/"]} what="To the search of the page" />
        {Object.entries(PLACES).map(([key, { label }]) => (
          <Line key={key} keys={["g", key]} what={`Go to: ${label}`} />
        ))}
      </dl>
      <label className="flex min-h-6 cursor-pointer items-center gap-2 border-t border-line pt-3">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={on}
          onChange={(event) => keep(event.target.checked ? "on" : "off")}
        />
        Shortcuts of single keys are on
      </label>
      <p className="text-ink-soft">Ctrl K always works, and leads here, too.</p>
    </Dialog>
  );
}

function Line({ keys, what }: { keys: readonly string[]; what: string }) {
  return (
    <div className="flex items-center justify-between gap-4">
      <dt>{what}</dt>
      <dd className="flex shrink-0 gap-1">
        {keys.map((key) => (
          <kbd
            key={key}
            className="min-w-6 rounded border border-line-strong bg-sunken px-1.5 text-center text-xs"
          >
            {key}
          </kbd>
        ))}
      </dd>
    </div>
  );
}

/** Whether somebody types there, or a dialog or a menu has the keyboard. */
function occupied(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input, textarea, select, [role=dialog], [role=menu], [role=listbox], [role=combobox]") !==
      null
  );
}
