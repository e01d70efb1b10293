import { formatDateTime, formatExact } from "@/lib/dates";

/** A moment, in the reader's zone; to the second for who points at it. */
export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatExact(at)} className="tabular whitespace-nowrap">
      {formatDateTime(at)}
    </time>
  );
}
