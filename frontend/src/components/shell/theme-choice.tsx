"use client";

import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Monitor, Moon, Sun } from "@/components/ui/glyphs";

const NEXT = { system: "light", light: "dark", dark: "system" } as const;
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

const never = () => () => undefined;

/** Light, dark, or as the system has it. */
export function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  const here = useSyncExternalStore(
    never,
    () => true,
    () => false,
  ); // the server does not know the choice
  const present = here && theme && theme in NEXT ? (theme as keyof typeof NEXT) : "system";
  const Icon = ICONS[present];
  return (
    <button
      type="button"
      className={buttonLook("quiet", "icon")}
      aria-label={`Theme: ${present}. Change to ${NEXT[present]}`}
      title={`Theme: ${present}`}
      onClick={() => setTheme(NEXT[present])}
    >
      <Icon aria-hidden />
    </button>
  );
}
