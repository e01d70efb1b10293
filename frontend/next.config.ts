import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  reactCompiler: true,
  poweredByHeader: false,
  // Also of what `src/proxy.ts` never sees: scripts, fonts, pictures.
  headers: async () => [
    { source: "/:path*", headers: [{ key: "x-content-type-options", value: "nosniff" }] },
  ],
  // Titles and links of a page stand in its head for everybody, also without JavaScript.
  htmlLimitedBots: /.*/,
  // The workspace is this folder: without it the build looks for lock files further up.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
