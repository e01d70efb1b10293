import { cn } from "@/lib/cn";

export const LOOKS = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  secondary: "border border-line-strong bg-surface hover:bg-sunken",
  quiet: "hover:bg-sunken",
  danger: "border border-bad text-bad bg-surface hover:bg-bad-soft",
} as const;

export const SIZES = { sm: "h-7 px-2 text-xs", md: "h-9 px-3", icon: "size-9 justify-center" } as const;

/** The looks of a button, for links and for what has to be small. */
export const buttonLook = (
  look: keyof typeof LOOKS = "secondary",
  size: keyof typeof SIZES = "md",
  className?: string,
) =>
  cn(
    "inline-flex shrink-0 cursor-pointer items-center gap-1.5 rounded-md font-medium whitespace-nowrap",
    "disabled:cursor-not-allowed disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0",
    LOOKS[look],
    SIZES[size],
    className,
  );
