/**
 * Moments as people read them. The zone is the reader's own unless one is given, and is always said: a server
 * that renders for everybody gives "UTC".
 */

import { dateFormat } from "./formats";

const LOCALE = "en-GB";

const DATE: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
const MOMENT: Intl.DateTimeFormatOptions = {
  ...DATE,
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
};

/** A moment: "27 Nov 2026, 19:08 CET". What is no date comes back as it was. */
export function formatDateTime(iso: string, zone?: string): string {
  return formatted(iso, MOMENT, zone);
}

/** The same to the second, for looking closely. */
export function formatExact(iso: string, zone?: string): string {
  return formatted(iso, { ...MOMENT, second: "2-digit" }, zone);
}

/** A day: "27 Nov 2026". A date without a time ("2026-11-27") is that day in every zone. */
export function formatDate(iso: string, zone?: string): string {
  const dayAlone = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  return formatted(iso, DATE, dayAlone ? "UTC" : zone);
}

/** From when to when something holds; open ends are said, too. */
export function formatValidity(
  { from, to }: { from?: string | null; to?: string | null },
  zone?: string,
): string {
  if (from && to) return `${formatDateTime(from, zone)} to ${formatDateTime(to, zone)}`;
  if (from) return `from ${formatDateTime(from, zone)}`;
  if (to) return `until ${formatDateTime(to, zone)}`;
  return "always";
}

function formatted(iso: string, options: Intl.DateTimeFormatOptions, zone?: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return dateFormat(LOCALE, { ...options, ...(zone ? { timeZone: zone } : {}) }).format(moment);
}
