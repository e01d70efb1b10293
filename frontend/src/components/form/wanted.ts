import { useEffect } from "react";
import { fieldId, focusField } from "./kit";

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
      let name = wanted;
      const isThere = () => document.getElementById(fieldId(form, name)) !== null;
      if (!isThere() && looked < LOOKS) return;
      while (name && !isThere()) name = name.split(".").slice(0, -1).join(".");
      if (name) focusField(form, name);
      clearInterval(timer);
    }, PAUSE);
    return () => clearInterval(timer);
  }, [form]);
}
