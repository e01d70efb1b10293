import type { Entry, EntryPrice } from "./entry";
import type { Found } from "./read";

type Attribute = Entry["attributes"][number];

/** Examples for tests. */

export const attribute = (over: Partial<Attribute> = {}): Attribute => ({
  key: "storage",
  label: "Storage",
  type: "integer",
  value: 128,
  text: "128",
  number: 128,
  unit: "GB",
  ...over,
});

export const price = (over: Partial<EntryPrice> = {}): EntryPrice => ({
  id: "p1",
  key: "month",
  name: "A month",
  kind: "RECURRING",
  amount: "24.99",
  currency: "EUR",
  period: { unit: "month", length: 1 },
  unitOfMeasure: null,
  tiers: [],
  mode: null,
  validFor: { from: null, to: null },
  taxIncluded: true,
  ...over,
});

export const entry = (over: Partial<Entry> = {}): Entry => ({
  id: "e1",
  key: "phone-1",
  version: 1,
  name: "Phone 1",
  description: "",
  category: "devices/phones",
  imageUrl: null,
  specification: { key: "phone", name: "Phone" },
  attributes: [attribute()],
  prices: [price()],
  fromAmounts: { EUR: "24.99" },
  validFor: { from: null, to: null },
  publishedAt: "2026-01-01T00:00:00Z",
  committedAt: "2026-01-01T00:00:00Z",
  visibleAt: null,
  ...over,
});

export const found = (over: Partial<Found> = {}): Found => ({
  items: [entry()],
  total: 1,
  facets: [
    {
      key: "category",
      label: "Category",
      values: [
        { value: "devices", label: "devices", count: 17 },
        { value: "internet", label: "internet", count: 15 },
        { value: "devices/phones", label: "devices/phones", count: 10 },
        { value: "internet/fibre", label: "internet/fibre", count: 12 },
      ],
    },
    {
      key: "attr.colour",
      label: "Colour",
      values: [
        { value: "ice", label: "Ice", count: 7 },
        { value: "moss", label: "Moss", count: 4 },
      ],
    },
    {
      key: "attr.esim",
      label: "eSIM",
      values: [
        { value: "false", label: "false", count: 5 },
        { value: "true", label: "true", count: 3 },
      ],
    },
    { key: "attr.wifi", label: "Wi-Fi", values: [{ value: "wifi-6", label: "Wi-Fi 6", count: 2 }] },
  ],
  next: null,
  ...over,
});
