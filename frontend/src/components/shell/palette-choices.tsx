"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
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
import { useState } from "react";
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

/** What the palette has to offer for what is typed. */
export function Choices({ close }: { close: () => void }) {
  const go = useGo();
  const author = useMay("author");
  const [typed, setTyped] = useState("");
  const asked = useDebounced(typed.trim());

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
  const found = entities.map(([entity, { title }], at) => ({
    heading: title,
    items: (words === "" ? [] : (answers[at]?.data ?? [])).map(({ id, name, key }) => ({
      id,
      label: name,
      code: key,
      act: visits(`/viewer/${entity}/${id}`),
    })),
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

  const searching = words !== "" && (typed.trim() !== asked || answers.some((one) => one.isFetching));
  const failed = words !== "" && answers.some((one) => one.isError);
  const count = found.reduce((sum, { items }) => sum + items.length, 0);

  return (
    <Autocomplete.Root
      inline
      open
      items={groups}
      filter={null}
      autoHighlight="always"
      keepHighlight
      loopFocus
      itemToStringValue={({ label }: Choice) => label}
      value={typed}
      onValueChange={(value, { reason }) => {
        if (reason === "input-change") setTyped(value); // and what is chosen does not fill the box
      }}
    >
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search aria-hidden className="size-4 shrink-0 text-ink-soft" />
        <Autocomplete.Input
          aria-label="Search, or go somewhere"
          maxLength={200}
          placeholder="Search by name, or go somewhere"
          className="h-11 min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-soft"
        />
      </div>
      <p role="status" className="px-3 pt-2 text-xs text-ink-soft empty:hidden">
        {searching
          ? "Searching …"
          : failed
            ? "Not everything could be searched right now."
            : words !== "" && `${count} found`}
      </p>
      {!searching && !failed && groups.length === 0 && (
        <p className="px-3 py-6 text-center text-ink-soft">Nothing has “{typed.trim()}” in its name.</p>
      )}
      <Autocomplete.List className="max-h-[60dvh] overflow-y-auto scroll-py-2">
        {({ heading, items }: Group) => (
          <Autocomplete.Group key={heading} items={items} className="p-1">
            <Autocomplete.GroupLabel className="px-2 py-1 text-xs text-ink-soft">
              {heading}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(one: Choice) => (
                <Autocomplete.Item
                  key={one.id}
                  value={one}
                  onClick={one.act}
                  className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 data-highlighted:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-soft"
                >
                  {one.icon && <one.icon aria-hidden />}
                  <span className="truncate">{one.label}</span>
                  {one.code && <code className="ml-auto truncate text-xs text-ink-soft">{one.code}</code>}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
