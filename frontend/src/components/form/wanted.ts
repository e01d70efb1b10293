import { useEffect } from "react";
import { fieldId, focusNearest } from "./kit";

/** Milliseconds between two looks for the field, and how often: some fields come when others are known. */
const PAUSE = 150;
const LOOKS = 20;

/**
 * Put the focus into the field that the address asks for, as `?field=priceIds.0` does: into the nearest one that
 * there is. So a problem that is told elsewhere leads to where it is mended.
 */
export function useWantedField(form: string): void {
  useEffect(() => {
    const wanted = new URLSearchParams(window.location.search).get("field");
    if (!wanted) return;
    let looked = 0;
    const timer = setInterval(() => {
      looked += 1;
      if (document.getElementById(fieldId(form, wanted)) === null && looked < LOOKS) return;
      focusNearest(form, wanted);
      clearInterval(timer);
    }, PAUSE);
    return () => clearInterval(timer);
  }, [form]);
}
