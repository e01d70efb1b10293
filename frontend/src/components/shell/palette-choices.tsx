"use client";

import { useQueries } from "@tanstack/react-query";
import { Command } from "cmdk";
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
import { useEffect, useState } from "react";
import { ENTITIES, type Entity } from "@/features/entities";
import { FINDERS } from "@/features/finders";
import { useGo } from "./link";
import { useMay } from "./roles";
import { SHOW_SHORTCUTS } from "./shortcuts";

/** How long somebody pauses before it is searched for what they have typed. */
const PAUSE = 200;

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

const ITEM =
  "flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-soft " +
  "data-[selected=true]:bg-sunken";
const GROUP =
  "p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-soft";

/** What the palette has to offer for what is typed. */
export function Choices({ close }: { close: () => void }) {
  const go = useGo();
  const author = useMay("author");
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");

  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);

  const answers = useQueries({
    queries: entities.map(([entity]) => ({
      queryKey: [entity, "find", asked],
      queryFn: ({ signal }: { signal: AbortSignal }) => FINDERS[entity](asked, signal),
      enabled: asked !== "",
    })),
  });

  function visit(href: string) {
    if (go(href)) close();
  }

  const words = typed.trim().toLowerCase();
  const fits = ({ label }: { label: string }) => label.toLowerCase().includes(words);
  const places = PLACES.filter(fits);
  const create = author ? CREATE.filter(fits) : [];
  const shortcuts = fits({ label: "Keyboard shortcuts" });
  const searching = words !== "" && (typed.trim() !== asked || answers.some((one) => one.isFetching));
  const failed = words !== "" && answers.some((one) => one.isError);
  const found = words === "" ? 0 : answers.reduce((sum, one) => sum + (one.data?.length ?? 0), 0);

  return (
    <Command shouldFilter={false} loop label="Search, or go somewhere">
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search aria-hidden className="size-4 shrink-0 text-ink-soft" />
        <Command.Input
          value={typed}
          onValueChange={setTyped}
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
            : words !== "" && `${found} found`}
      </p>
      <Command.List className="max-h-[60dvh] overflow-y-auto scroll-py-2">
        {!searching && found + places.length + create.length === 0 && !shortcuts && !failed && (
          <Command.Empty className="px-3 py-6 text-center text-ink-soft">
            Nothing has “{typed.trim()}” in its name.
          </Command.Empty>
        )}
        {words !== "" &&
          entities.map(([entity, { title }], at) => {
            const items = answers[at]?.data ?? [];
            return (
              items.length > 0 && (
                <Command.Group key={entity} heading={title} className={GROUP}>
                  {items.map((one) => (
                    <Command.Item
                      key={one.id}
                      value={one.id}
                      className={ITEM}
                      onSelect={() => visit(`/viewer/${entity}/${one.id}`)}
                    >
                      <span className="truncate">{one.name}</span>
                      <code className="ml-auto truncate text-xs text-ink-soft">{one.key}</code>
                    </Command.Item>
                  ))}
                </Command.Group>
              )
            );
          })}
        {[
          { heading: "Go to", items: places },
          { heading: "Create", items: create },
        ].map(
          ({ heading, items }) =>
            items.length > 0 && (
              <Command.Group key={heading} heading={heading} className={GROUP}>
                {items.map(({ label, href, icon: Icon }) => (
                  <Command.Item key={href} value={href} className={ITEM} onSelect={() => visit(href)}>
                    <Icon aria-hidden />
                    {label}
                  </Command.Item>
                ))}
              </Command.Group>
            ),
        )}
        {shortcuts && (
          <Command.Group heading="Help" className={GROUP}>
            <Command.Item
              value="shortcuts"
              className={ITEM}
              onSelect={() => {
                close();
                window.dispatchEvent(new Event(SHOW_SHORTCUTS));
              }}
            >
              <Keyboard aria-hidden />
              Keyboard shortcuts
            </Command.Item>
          </Command.Group>
        )}
      </Command.List>
    </Command>
  );
}
