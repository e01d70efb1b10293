/** What happened, of the type of an event: "specification.revised.v1" is "Revised". */
export function eventWords(type: string): string {
  const [, what = type] = type.split(".");
  return spaced(what);
}

/** A field's name: "allowedValues" is "Allowed values". */
export const fieldWords = (name: string) => spaced(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase());

/** What a field said. */
export function changeWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function spaced(words: string): string {
  const text = words.replaceAll(/[_-]/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
