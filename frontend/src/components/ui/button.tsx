import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { buttonLook, type LOOKS, type SIZES } from "./button-look";

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
      className={buttonLook(look, size, className)}
      {...rest}
    />
  );
}
