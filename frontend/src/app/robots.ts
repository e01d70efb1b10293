import type { MetadataRoute } from "next";
import { env } from "@/lib/env";

export const dynamic = "force-dynamic"; // the address is the environment's

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: "*",
      allow: "/store",
      disallow: ["/builder", "/viewer", "/publish", "/import", "/login", "/session", "/bff"],
    },
    sitemap: new URL("/sitemap.xml", env().CATALOG_PUBLIC_URL).href,
  };
}
