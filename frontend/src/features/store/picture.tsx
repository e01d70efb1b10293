import type { CSSProperties } from "react";
import { cn } from "@/lib/cn";
import { type Entry, hueOf, initialsOf } from "./entry";

/** The picture of an offering, or a pattern of its category in its place: both of one shape. */
export function Picture({ entry, className }: { entry: Entry; className?: string }) {
  const hue = { "--hue": hueOf(entry.category || entry.specification.key) } as CSSProperties;
  return (
    <div
      style={hue}
      className={cn(
        "relative grid place-items-center overflow-hidden",
        "bg-[oklch(0.955_0.022_var(--hue))] text-[oklch(0.42_0.09_var(--hue))]",
        "dark:bg-[oklch(0.27_0.03_var(--hue))] dark:text-[oklch(0.82_0.08_var(--hue))]",
        className,
      )}
    >
      {entry.imageUrl ? (
        // biome-ignore lint/performance/noImgElement: the addresses of pictures are the catalog's, of any host
        <img
          src={entry.imageUrl}
          alt=""
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          className="absolute inset-0 size-full bg-white object-contain"
        />
      ) : (
        <>
          <span
            aria-hidden
            className="absolute inset-0 bg-[radial-gradient(currentColor_1px,transparent_1px)] bg-size-[12px_12px] opacity-15"
          />
          <span aria-hidden className="relative text-2xl font-semibold tracking-wide">
            {initialsOf(entry.name)}
          </span>
        </>
      )}
    </div>
  );
}
