/** Moments as an input has them (local, without a zone) and as the platform has them (ISO text in UTC). */

/** What stands for a moment of which only a part is typed. */
export const INCOMPLETE = "incomplete";

const two = (number: number) => String(number).padStart(2, "0");

/** "2026-01-31T00:00:00Z" -> "2026-01-31T01:00" in Berlin; "" for what is no moment. */
export function localText(iso: string): string {
  const moment = new Date(iso);
  if (!iso || Number.isNaN(moment.getTime())) return "";
  const day = `${String(moment.getFullYear()).padStart(4, "0")}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const seconds = moment.getSeconds() ? `:${two(moment.getSeconds())}` : "";
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}${seconds}`;
}

/** The other way round; "" for nothing. */
export function momentOf(local: string): string {
  const moment = new Date(local);
  return local && !Number.isNaN(moment.getTime()) ? moment.toISOString() : "";
}

/** How far the reader's zone is from UTC at a moment, or now: "+01:00". */
export function offsetAt(iso: string): string {
  const moment = new Date(iso);
  const minutes = -(Number.isNaN(moment.getTime()) ? new Date() : moment).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
