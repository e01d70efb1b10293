"use client";

/** Filled in by the palette (Ctrl K). */
export function Palette() {
  return null;
}
