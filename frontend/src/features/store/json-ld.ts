import { type Entry, type EntryPrice, holds, saidOf } from "./entry";
import { categoryText } from "./words";

/** The codes of UN/CEFACT for how often a price is paid. */
const PERIOD_CODES: Record<string, string> = { day: "DAY", week: "WEE", month: "MON", year: "ANN" };

/** What search engines are told of an offering, in the words of schema.org. */
export function productOf(entry: Entry, url: string, now: Date): object {
  return {
    "@context": "https://schema.org",
    "@type": "Product",
    name: entry.name,
    sku: entry.key,
    url,
    ...(entry.description && { description: entry.description }),
    ...(entry.imageUrl && { image: entry.imageUrl }),
    ...(entry.category && { category: categoryText(entry.category) }),
    additionalProperty: saidOf(entry.attributes).map(({ label, text }) => ({
      "@type": "PropertyValue",
      name: label,
      value: text,
    })),
    offers: entry.prices.filter((one) => holds(one, now)).map((one) => offerOf(one, url)),
  };
}

function offerOf(price: EntryPrice, url: string): object {
  return {
    "@type": "Offer",
    name: price.name,
    url,
    price: price.amount,
    priceCurrency: price.currency,
    availability: "https://schema.org/InStock",
    ...(price.validFor.from && { validFrom: price.validFor.from }),
    ...(price.validFor.to && { priceValidUntil: price.validFor.to }),
    priceSpecification: {
      "@type": "UnitPriceSpecification",
      price: price.amount,
      priceCurrency: price.currency,
      valueAddedTaxIncluded: price.taxIncluded,
      ...(price.period && {
        billingDuration: price.period.length,
        unitCode: PERIOD_CODES[price.period.unit] ?? price.period.unit,
      }),
      ...(price.unitOfMeasure && { unitText: price.unitOfMeasure }),
    },
  };
}

/** JSON for a `script` element: nothing in it ends the element or begins a comment. */
export function scriptText(value: object): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
