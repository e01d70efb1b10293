import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fieldId } from "./kit";
import { useWantedField } from "./wanted";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  window.history.replaceState(null, "", "/");
});

function Form() {
  useWantedField("form");
  return (
    <>
      <input id={fieldId("form", "priceIds")} aria-label="Prices" />
      <input id={fieldId("form", "values.size")} aria-label="Size" />
    </>
  );
}

function shown(search: string) {
  window.history.replaceState(null, "", `/${search}`);
  render(<Form />);
  vi.advanceTimersByTime(5_000);
}

test("the field that the address asks for has the focus", () => {
  shown("?field=values.size");
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Size" }));
});

test("or the nearest one that there is", () => {
  shown("?field=priceIds.0");
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Prices" }));
});

test("without one, or with one that is nowhere, the focus stays where it is", () => {
  shown("?field=colour");
  expect(document.activeElement).toBe(document.body);
});
