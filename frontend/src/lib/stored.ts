"use client";

import { useSyncExternalStore } from "react";

const CHANGED = "catalog:stored";

/** A choice of this reader that this browser keeps: one of `choices`, the first until another is made. */
export function useStored<Choice extends string>(
  key: string,
  choices: readonly [Choice, ...Choice[]],
): [Choice, (choice: Choice) => void] {
  const read = () => {
    const kept = stored(key);
    return choices.find((one) => one === kept) ?? choices[0];
  };
  const choice = useSyncExternalStore(follow, read, () => choices[0]);
  return [
    choice,
    (next) => {
      try {
        localStorage.setItem(key, next);
      } catch {
        return; // a browser that keeps nothing
      }
      window.dispatchEvent(new Event(CHANGED));
    },
  ];
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function follow(changed: () => void) {
  window.addEventListener(CHANGED, changed);
  window.addEventListener("storage", changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
    window.removeEventListener("storage", changed);
  };
}
