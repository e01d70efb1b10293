/**
 * Ways to write numbers and moments. The browser takes its time to make the first (20 to 90 ms in Chromium on two busy
 * cores) while the page listens to nobody: those that are made are kept, and counts do without.
 */

/** A count as people read it: "12,345". */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

export const numberFormat = kept((locale: string, options: Intl.NumberFormatOptions) => {
  return new Intl.NumberFormat(locale, options);
});

export const dateFormat = kept((locale: string, options: Intl.DateTimeFormatOptions) => {
  return new Intl.DateTimeFormat(locale, options);
});

function kept<Options, Format>(make: (locale: string, options: Options) => Format) {
  const made = new Map<string, Format>();
  return (locale: string, options: Options): Format => {
    const name = JSON.stringify([locale, options]);
    const format = made.get(name) ?? make(locale, options);
    made.set(name, format);
    return format;
  };
}
