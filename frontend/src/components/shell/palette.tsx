"use client";

import { Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ComponentType, useEffect, useEffectEvent, useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Shortcuts } from "./shortcuts";

const load = () => import("./palette-choices").then((all) => all.Choices);

/** Goes anywhere by its name: Ctrl K, or the button. What it offers is loaded by who wants it. */
export function Palette() {
  const [open, setOpen] = useState(false);
  const [Choices, setChoices] = useState<ComponentType<{ close: () => void }> | null>(null);

  function show() {
    load().then(
      (loaded) => {
        setChoices(() => loaded);
        setOpen(true);
      },
      () => toast.error("The search cannot be loaded right now."),
    );
  }
  const toggle = useEffectEvent(() => (open ? setOpen(false) : show()));

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Control" || event.key === "Meta") void load(); // perhaps a K comes next
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault(); // browsers would go to their own search
      toggle();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);

  return (
    <>
      <Button
        look="quiet"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        className="max-sm:w-9 max-sm:justify-center text-ink-soft"
        onClick={show}
      >
        <Search aria-hidden />
        <span className="max-sm:sr-only">Search</span>
        <kbd className="rounded border border-line px-1 text-xs max-sm:hidden" aria-hidden>
          Ctrl K
        </kbd>
      </Button>
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
          <Radix.Content
            aria-describedby={undefined}
            className="fixed top-[10dvh] left-1/2 z-50 w-[calc(100%-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-surface shadow-xl"
          >
            <Radix.Title className="sr-only">Search, or go somewhere</Radix.Title>
            {Choices && <Choices close={() => setOpen(false)} />}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
      <Shortcuts />
    </>
  );
}
