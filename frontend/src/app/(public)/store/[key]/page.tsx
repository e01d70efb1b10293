import type { Metadata } from "next";
import { headers } from "next/headers";
import { fromPriceOf } from "@/features/store/entry";
import { NotForSale } from "@/features/store/not-for-sale";
import { OfferingPage } from "@/features/store/offering-page";
import { STORE } from "@/features/store/question";
import { entryUnder, isAway } from "@/features/store/read";
import { AWAY_HEADER, keyIn } from "@/features/store/status";
import { StoreAway } from "@/features/store/trouble";
import { categoryText } from "@/features/store/words";
import { problemOf } from "@/lib/api/problem";
import { env } from "@/lib/env";

interface Asked {
  params: Promise<{ key: string }>;
}

const addressUnder = (key: string) => `${STORE}/${encodeURIComponent(key)}`;

/** What is for sale under the key, null for nothing, "away" when nobody can tell just now. */
async function read({ params }: Asked) {
  const segment = (await params).key;
  const key = keyIn(segment);
  if (key === null) return { key: segment, entry: null };
  if ((await headers()).has(AWAY_HEADER)) return { key, entry: "away" as const };
  try {
    return { key, entry: await entryUnder(key) };
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (isAway(problem)) return { key, entry: "away" as const };
    throw problem;
  }
}

export async function generateMetadata(asked: Asked): Promise<Metadata> {
  const { key, entry } = await read(asked);
  if (entry === "away") return { title: "Away for a moment", robots: { index: false } };
  if (entry === null) return { title: "Not for sale", robots: { index: false } };
  const from = fromPriceOf(entry, "", new Date());
  const price = from && `${from.least ? "from " : ""}${from.text}${from.per && ` per ${from.per}`}`;
  const title = entry.name;
  const description =
    entry.description.slice(0, 160) ||
    [`${entry.name}, ${entry.specification.name}`, categoryText(entry.category), price]
      .filter(Boolean)
      .join(" · ");
  return {
    title,
    description,
    alternates: { canonical: addressUnder(key) },
    openGraph: {
      title,
      description,
      type: "website",
      siteName: "Store",
      url: addressUnder(key),
      ...(entry.imageUrl && { images: [entry.imageUrl] }),
    },
  };
}

export default async function EntryPage(asked: Asked) {
  const { key, entry } = await read(asked);
  if (entry === "away") return <StoreAway address={addressUnder(key)} />;
  if (entry === null) return <NotForSale entryKey={key} />;
  return <OfferingPage entry={entry} url={new URL(addressUnder(key), env().CATALOG_PUBLIC_URL).href} />;
}
