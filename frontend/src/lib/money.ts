import { decimalPlaces, isDecimal } from "./decimals";
import { numberFormat } from "./formats";

/**
 * Money: an amount is a decimal as text and never a float, with a currency of ISO 4217 beside it. The codes are
 * those that the platform charges in, by the decimal places in which each is paid.
 */
const CODES: Record<number, string> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2:
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF " +
    "CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD " +
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL " +
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR " +
    "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP " +
    "TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES).flatMap(([places, codes]) => codes.split(" ").map((code) => [code, Number(places)])),
);

export const CURRENCIES: readonly string[] = [...MINOR_UNITS.keys()].sort();

/** Decimal places of an amount that can be paid; undefined for what is no currency to charge in. */
export const minorUnits = (currency: string): number | undefined => MINOR_UNITS.get(currency);

/** Decimals keep their value when they are formatted as text, which the types of this language version lack. */
const exactly = (format: Intl.NumberFormat, amount: string) => format.format(amount as unknown as number);

/**
 * An amount as people read it: "€1,234.50". It is as fine as it says, and never rounded; what is no amount comes
 * back as it is.
 */
export function formatMoney(amount: string, currency: string, locale = "en"): string {
  const places = minorUnits(currency);
  if (!isDecimal(amount)) return `${amount} ${currency}`;
  if (places === undefined) return `${formatDecimal(amount, locale)} ${currency}`;
  const format = numberFormat(locale, {
    style: "currency",
    currency,
    numberingSystem: "latn",
    minimumFractionDigits: places,
    maximumFractionDigits: Math.max(places, decimalPlaces(amount)),
  });
  return exactly(format, amount);
}

/** A number as people read it: "1,234.5". Never rounded; what is no number comes back as it is. */
export function formatDecimal(text: string, locale = "en"): string {
  if (!isDecimal(text)) return text;
  const format = numberFormat(locale, {
    numberingSystem: "latn",
    maximumFractionDigits: decimalPlaces(text),
  });
  return exactly(format, text);
}

/** Every kind of space that groups digits, and the apostrophes of Switzerland. */
const GROUPING = /[\s\u00a0\u202f\u2009'’]/g;

function separators(locale: string): { decimal: string; group: string } {
  const parts = numberFormat(locale, { numberingSystem: "latn" }).formatToParts(1_234_567.8);
  const said = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return { decimal: said("decimal") || ".", group: said("group") };
}

/**
 * The number that somebody has typed as exact text, or null when it is none: "1.234,50" is "1234.50" in German.
 * A mark that cannot separate thousands where it stands is a decimal point, whatever the language: people paste.
 */
export function parseDecimal(typed: string, locale = "en"): string | null {
  const { decimal, group } = separators(locale);
  let text = typed.trim().replace(GROUPING, "").replace(/^[−–]/, "-");
  const other = decimal === "," ? "." : ",";
  const marks = text.split(other).length - 1;
  if (group === other && grouped(text, other, decimal)) text = text.replaceAll(other, "");
  else if (marks === 1 && !text.includes(decimal)) text = text.replace(other, decimal);
  const [before = "", after, ...more] = text.split(decimal);
  if (more.length || !/^-?\d+$/.test(before) || (after !== undefined && !/^\d+$/.test(after))) return null;
  const whole = before.replace(/^(-?)0+(?=\d)/, "$1");
  return after === undefined ? whole : `${whole}.${after}`;
}

/** Whether a mark separates thousands everywhere it stands: 1,234,567 and 12,34,567, but not 12,5 or 0,125. */
function grouped(text: string, mark: string, decimal: string): boolean {
  const before = text.split(decimal)[0] ?? "";
  const [first = "", ...rest] = before.replace("-", "").split(mark);
  const fine = rest.every((one, index) => (index === rest.length - 1 ? /^\d{3}$/ : /^\d{2,3}$/).test(one));
  return (
    rest.length > 0 && /^[1-9]\d{0,2}$/.test(first) && fine && !(text.split(decimal)[1] ?? "").includes(mark)
  );
}

/**
 * The amount that somebody has typed, as exact text with the decimal places of the currency at least; null when
 * it is none, or less than nothing. The currency's sign or code beside it is fine.
 */
export function parseAmount(typed: string, currency: string, locale = "en"): string | null {
  const bare = typed
    .replace(/\p{Sc}/gu, "")
    .replace(new RegExp(currency.replace(/\W/g, "") || "(?!)", "i"), "");
  const number = parseDecimal(bare, locale);
  if (number === null || number.startsWith("-")) return null;
  const places = minorUnits(currency) ?? 0;
  const [before = "0", after = ""] = number.split(".");
  const kept = after.slice(0, Math.max(places, decimalPlaces(number))).padEnd(places, "0");
  return kept ? `${before}.${kept}` : before;
}

/** Exact text as it is edited: with the decimal point of the language, and nothing between thousands. */
export function spelled(text: string, locale = "en"): string {
  return isDecimal(text) ? text.replace(".", separators(locale).decimal) : text;
}
