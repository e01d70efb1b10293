import { type ClassValue, clsx } from "clsx";

/** Class names, joined; falsy ones are left out. Later utilities do not undo earlier ones: components take few. */
export const cn = (...given: ClassValue[]) => clsx(given);
