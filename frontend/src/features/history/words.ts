/** What happened, of the type of an event: "specification.revised.v1" is "Revised". */
export function eventWords(type: string): string {
  const [, what = type] = type.split(".");
  return spaced(what);
}

/** A field's name: "allowedValues" is "Allowed values". */
export const fieldWords = (name: string) => spaced(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase());

/** What a field said, and of what has parts those that say something. */
export function changeWords(value: unknown): string {
  if (isNothing(value)) return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length ? value.map(changeWords).join("; ") : "nothing";
  if (typeof value === "object") {
    const parts = Object.entries(value as object).filter(([, part]) => !isNothing(part));
    return parts.map(([name, part]) => `${fieldWords(name)}: ${changeWords(part)}`).join(", ") || "nothing";
  }
  return String(value);
}

const isNothing = (value: unknown) => value === null || value === undefined || value === "";

function spaced(words: string): string {
  const text = words.replaceAll(/[_-]/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
