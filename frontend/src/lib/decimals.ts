/** Exact decimal numbers as text ("12.50"): what JSON and forms have, and what a float would change in silence. */

const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const INTEGER = /^-?(0|[1-9][0-9]*)$/;

export const isDecimal = (text: string) => DECIMAL.test(text);
export const isInteger = (text: string) => INTEGER.test(text);

/** How many decimal places are needed: "12.50" needs one. */
export function decimalPlaces(text: string): number {
  return (text.split(".")[1] ?? "").replace(/0+$/, "").length;
}

/** How many digits a number has when it is written as it is, before and after the point. */
export function digits(text: string): number {
  const [before = "", after = ""] = text.replace("-", "").split(".");
  return before === "0" ? Math.max(after.length, 1) : before.length + after.length;
}

/** The number as a whole count of `10 ** -places`. */
function scaled(text: string, places: number): bigint {
  const [before = "0", after = ""] = text.replace("-", "").split(".");
  const count = BigInt(before + after.padEnd(places, "0").slice(0, places));
  return text.startsWith("-") ? -count : count;
}

const common = (...texts: string[]) => Math.max(...texts.map((one) => (one.split(".")[1] ?? "").length));

/** Less than 0 when the first number is less than the second, 0 when they are equal. */
export function compare(first: string, second: string): number {
  const places = common(first, second);
  const [one, other] = [scaled(first, places), scaled(second, places)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether a number is a whole number of steps away from the start. */
export function onStep(number: string, start: string, step: string): boolean {
  const places = common(number, start, step);
  const size = scaled(step, places);
  return size !== 0n && (scaled(number, places) - scaled(start, places)) % size === 0n;
}

/** A number such as "1.5e3" written out; whatever is no number, or would be too long, comes back as it is. */
export function plain(text: string): string {
  const found = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(text);
  if (!found) return text;
  const [, sign = "", before = "", after = "", power = "0"] = found;
  const point = before.length + Number(power);
  if (Math.abs(Number(power)) > 60) return text;
  const all = (before + after).padStart(before.length + after.length - Math.min(point - 1, 0), "0");
  const at = Math.max(point, 1);
  const whole = all
    .slice(0, at)
    .padEnd(at, "0")
    .replace(/^0+(?=\d)/, "");
  const rest = all.slice(at);
  return sign + whole + (rest ? `.${rest}` : "");
}
