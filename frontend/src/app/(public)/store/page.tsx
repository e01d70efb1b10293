import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { addressOf, EVERYTHING, isNarrowed, isSpelled, pairsOf, questionOf } from "@/features/store/question";
import { SearchPage, titleOf } from "@/features/store/search-page";
import { AWAY_HEADER } from "@/features/store/status";
import { StoreAway } from "@/features/store/trouble";
import { categoryText } from "@/features/store/words";

interface Asked {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ searchParams }: Asked): Promise<Metadata> {
  const question = questionOf(pairsOf(await searchParams));
  const { category } = question;
  const title = titleOf(question);
  return {
    title,
    description: category
      ? `${categoryText(category)}: what can be bought now, with what it can do and what it costs.`
      : "All that can be bought now, with what it can do and what it costs.",
    ...(isNarrowed(question)
      ? { robots: { index: false, follow: true } }
      : { alternates: { canonical: addressOf({ ...EVERYTHING, category }) } }),
    openGraph: { title, type: "website", siteName: "Store" },
  };
}

export default async function StorePage({ searchParams }: Asked) {
  const pairs = pairsOf(await searchParams);
  const question = questionOf(pairs);
  // Plain forms send empty fields, too: what is asked has one address.
  if (!isSpelled(question, pairs)) redirect(addressOf(question));
  if ((await headers()).has(AWAY_HEADER)) return <StoreAway address={addressOf(question)} />;
  return <SearchPage question={question} />;
}
