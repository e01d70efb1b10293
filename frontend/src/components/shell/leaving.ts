import { useEffect, useEffectEvent } from "react";

/** Forms with something unsaved, and how whoever wants to leave is asked. See `useUnsaved`. */

const QUESTION = "What you have changed is not saved yet. Leave it behind?";
const unsaved = new Map<symbol, () => void>();

/** Note that something is unsaved until the returned function is called; `forget` hears that it is left behind. */
export function holdOn(forget: () => void = () => undefined): () => void {
  const mine = Symbol("unsaved");
  unsaved.set(mine, forget);
  return () => {
    unsaved.delete(mine);
  };
}

export const hasUnsaved = () => unsaved.size > 0;

/** Whether the page may be left: nothing is unsaved, or it is to be left behind. */
export function mayLeave(): boolean {
  if (!hasUnsaved()) return true;
  if (!window.confirm(QUESTION)) return false;
  for (const forget of unsaved.values()) forget();
  unsaved.clear();
  return true;
}

/** As much of the Navigation API as is needed for Back and Forward; not every browser has it. */
interface NavigateEvent extends Event {
  readonly navigationType: "push" | "replace" | "reload" | "traverse";
  readonly destination: { readonly url: string };
}

/**
 * Ask before a form with something unsaved is left: by a link of ours (see `Link`), by Back or Forward, and by
 * whatever ends the page. `forget` hears that it is left behind on purpose.
 */
export function useUnsaved(dirty: boolean, forget: () => void): void {
  const left = useEffectEvent(forget);
  useEffect(() => {
    if (!dirty) return;
    const release = holdOn(() => left());
    const { navigation } = window as Window & { navigation?: EventTarget };
    const ending = (event: Event) => {
      if (hasUnsaved()) event.preventDefault();
    };
    const traversing = (event: Event) => {
      const { navigationType, destination } = event as NavigateEvent;
      const elsewhere = new URL(destination.url).pathname !== window.location.pathname;
      if (navigationType === "traverse" && elsewhere && event.cancelable && !mayLeave())
        event.preventDefault();
    };
    window.addEventListener("beforeunload", ending);
    navigation?.addEventListener("navigate", traversing);
    return () => {
      release();
      window.removeEventListener("beforeunload", ending);
      navigation?.removeEventListener("navigate", traversing);
    };
  }, [dirty]);
}
