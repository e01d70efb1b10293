/** Text as a spreadsheet reads it (RFC 4180), with a byte order mark so that it is read as UTF-8. */

/** What a formula begins with; spreadsheets take the wide forms of East Asian keyboards for the same. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell. One that a spreadsheet would take for a formula gets an apostrophe before it, and is text. */
export function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: Iterable<readonly string[]>): string {
  let text = "\uFEFF";
  for (const row of rows) text += `${row.map(cell).join(",")}\r\n`;
  return text;
}
