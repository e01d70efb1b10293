import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const LOOKS = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  secondary: "border border-line-strong bg-surface hover:bg-sunken",
  quiet: "hover:bg-sunken",
  danger: "border border-bad text-bad bg-surface hover:bg-bad-soft",
} as const;

const SIZES = { sm: "h-7 px-2 text-xs", md: "h-9 px-3", icon: "size-9 justify-center" } as const;

export interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  /** Render the one child, a link say, with the looks of a button. */
  asChild?: boolean;
  /** Something is under way: the button stays where it is and is not pressed again. */
  busy?: boolean;
}

export function Button({
  look = "secondary",
  size = "md",
  asChild = false,
  busy = false,
  className,
  disabled,
  ...rest
}: ButtonProps) {
  const Part = asChild ? Slot.Root : "button";
  return (
    <Part
      {...(asChild ? {} : { type: rest.type ?? "button" })}
      aria-busy={busy || undefined}
      disabled={disabled || busy || undefined}
      className={cn(
        "inline-flex shrink-0 cursor-pointer items-center gap-1.5 rounded-md font-medium whitespace-nowrap",
        "disabled:cursor-not-allowed disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0",
        LOOKS[look],
        SIZES[size],
        className,
      )}
      {...rest}
    />
  );
}
