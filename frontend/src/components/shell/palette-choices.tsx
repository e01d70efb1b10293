"use client";

import { useQueries } from "@tanstack/react-query";
import {
  Hammer,
  Keyboard,
  type LucideIcon,
  Plus,
  Search,
  Send,
  Store,
  TableProperties,
  Upload,
} from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useId, useRef, useState } from "react";
import { useDebounced } from "@/components/form/use-debounced";
import { ENTITIES, type Entity } from "@/features/entities";
import { FINDERS } from "@/features/finders";
import { useGo } from "./link";
import { useMay } from "./roles";
import { SHOW_SHORTCUTS } from "./shortcuts";

/** Something to choose, and what happens then. */
interface Choice {
  id: string;
  label: string;
  icon?: LucideIcon;
  /** The short name, of what is found. */
  code?: string;
  act: () => void;
}

interface Group {
  heading: string;
  items: Choice[];
}

interface Place {
  label: string;
  href: string;
  icon: LucideIcon;
}

const entities = Object.entries(ENTITIES) as [Entity, (typeof ENTITIES)[Entity]][];

const PLACES: Place[] = [
  { label: "Builder", href: "/builder", icon: Hammer },
  ...entities.map(([entity, { title }]) => ({
    label: title,
    href: `/viewer/${entity}`,
    icon: TableProperties,
  })),
  { label: "Publications", href: "/publish", icon: Send },
  { label: "Import", href: "/import", icon: Upload },
  { label: "Store", href: "/store", icon: Store },
];

const CREATE: Place[] = entities.map(([entity, { one }]) => ({
  label: `New ${one}`,
  href: `/builder/${entity}/new`,
  icon: Plus,
}));

/** The focus stays where it is typed, wherever somebody clicks. */
const keepFocus = (event: MouseEvent) => event.preventDefault();

/**
 * What the palette has to offer for what is typed: a combobox whose list is always open
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
 */
export function Choices({ close }: { close: () => void }) {
  const go = useGo();
  const author = useMay("author");
  const [typed, setTyped] = useState("");
  /** The id of what the arrow keys or the pointer have gone to; else, or when that is gone, the first one counts. */
  const [picked, setPicked] = useState("");
  const asked = useDebounced(typed.trim());
  const list = useId();
  const scroller = useRef<HTMLDivElement>(null);

  const answers = useQueries({
    queries: entities.map(([entity]) => ({
      queryKey: [entity, "find", asked],
      queryFn: ({ signal }: { signal: AbortSignal }) => FINDERS[entity](asked, signal),
      enabled: asked !== "",
    })),
  });

  const words = typed.trim().toLowerCase();
  const fits = ({ label }: { label: string }) => label.toLowerCase().includes(words);
  const visits = (href: string) => () => {
    if (go(href)) close();
  };
  const place = ({ label, href, icon }: Place): Choice => ({ id: href, label, icon, act: visits(href) });
  const settled = typed.trim() === asked;
  const found = entities.map(([entity, { title }], at) => ({
    heading: title,
    items: (words === "" ? [] : (answers[at]?.data ?? []))
      .map(({ id, name, key }) => ({ id, label: name, code: key, act: visits(`/viewer/${entity}/${id}`) }))
      .filter((one) => settled || fits(one)), // what answers the question before is not what Enter goes to
  }));
  const help: Choice = {
    id: "shortcuts",
    label: "Keyboard shortcuts",
    icon: Keyboard,
    act: () => {
      close();
      window.dispatchEvent(new Event(SHOW_SHORTCUTS));
    },
  };
  const groups: Group[] = [
    ...found,
    { heading: "Go to", items: PLACES.filter(fits).map(place) },
    { heading: "Create", items: author ? CREATE.filter(fits).map(place) : [] },
    { heading: "Help", items: [help].filter(fits) },
  ].filter(({ items }) => items.length > 0);

  const all = groups.flatMap(({ items }) => items);
  const at = Math.max(
    0,
    all.findIndex(({ id }) => id === picked),
  );
  const chosen = all[at];
  const idOf = (one: Choice) => `${list}-${one.id}`;

  function press(event: KeyboardEvent) {
    // An input method's own keys; Safari tells of the last one when it composes no longer.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step && all.at((at + step) % all.length);
    if (next) {
      setPicked(next.id);
      document.getElementById(idOf(next))?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") chosen?.act();
    else return;
    event.preventDefault();
  }

  const searching = words !== "" && (!settled || answers.some((one) => one.isFetching));
  const failed = words !== "" && answers.some((one) => one.isError);
  const count = found.reduce((sum, { items }) => sum + items.length, 0);

  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search aria-hidden className="size-4 shrink-0 text-ink-soft" />
        <input
          role="combobox"
          aria-label="Search, or go somewhere"
          aria-autocomplete="list"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={chosen && idOf(chosen)}
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            setPicked("");
            if (scroller.current) scroller.current.scrollTop = 0;
          }}
          onKeyDown={press}
          maxLength={200}
          placeholder="Search by name, or go somewhere"
          autoComplete="off"
          spellCheck={false}
          className="h-11 min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-soft"
        />
      </div>
      <p role="status" onMouseDown={keepFocus} className="px-3 pt-2 text-xs text-ink-soft empty:hidden">
        {searching
          ? "Searching …"
          : failed
            ? "Not everything could be searched right now."
            : words !== "" && `${count} found`}
      </p>
      {!searching && !failed && all.length === 0 && (
        <p onMouseDown={keepFocus} className="px-3 py-6 text-center text-ink-soft">
          Nothing has “{typed.trim()}” in its name.
        </p>
      )}
      <div
        role="listbox"
        id={list}
        ref={scroller}
        tabIndex={-1}
        onMouseDown={keepFocus}
        aria-label="What there is"
        className="max-h-[60dvh] overflow-y-auto scroll-py-8"
      >
        {groups.map(({ heading, items }) => (
          <fieldset key={heading} aria-label={heading} className="min-w-0 p-1">
            <div aria-hidden className="px-2 py-1 text-xs text-ink-soft">
              {heading}
            </div>
            {items.map((one) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are those of the input, which keeps the focus
              <div
                key={one.id}
                id={idOf(one)}
                role="option"
                tabIndex={-1}
                aria-selected={one === chosen}
                // a list that scrolls below a pointer at rest tells of it as a move, in some browsers
                onPointerMove={({ movementX, movementY }) => (movementX || movementY) && setPicked(one.id)}
                onClick={one.act}
                className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 aria-selected:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-soft"
              >
                {one.icon && <one.icon aria-hidden />}
                <span className="truncate">{one.label}</span>
                {one.code && <code className="ml-auto truncate text-xs text-ink-soft">{one.code}</code>}
              </div>
            ))}
          </fieldset>
        ))}
      </div>
    </>
  );
}
