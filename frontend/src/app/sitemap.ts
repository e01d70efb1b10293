import type { MetadataRoute } from "next";
import { EVERYTHING, STORE } from "@/features/store/question";
import { someOf } from "@/features/store/read";
import { env } from "@/lib/env";

export const dynamic = "force-dynamic";

const A_PAGE = 100;
const MOST_PAGES = 10;

/** The offerings that were published last; the others are found through the pages of the store. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const at = (path: string) => new URL(path, env().CATALOG_PUBLIC_URL).href;
  const places: MetadataRoute.Sitemap = [{ url: at(STORE) }];
  let cursor = "";
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await someOf({ ...EVERYTHING, sort: "-published" }, A_PAGE, cursor);
    places.push(
      ...items.map((one) => ({
        url: at(`${STORE}/${encodeURIComponent(one.key)}`),
        lastModified: one.committedAt,
      })),
    );
    if (!next) break;
    cursor = next;
  }
  return places;
}
