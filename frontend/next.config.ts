import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NextConfig } from "next";

/**
 * Tell browsers that all of what each page begins with is called at once: they compile it beside the page while it
 * loads, and not when it is called, which stops the page for a tenth of a second on the phone that Lighthouse simulates.
 * https://v8.dev/blog/explicit-compile-hints
 */
async function hintCompile({ distDir }: { distDir: string }): Promise<void> {
  const { rootMainFiles } = JSON.parse(await readFile(join(distDir, "build-manifest.json"), "utf8"));
  for (const file of rootMainFiles) {
    const path = join(distDir, file);
    await writeFile(path, `//# allFunctionsCalledOnLoad\n${await readFile(path, "utf8")}`);
  }
}

const config: NextConfig = {
  output: "standalone",
  reactCompiler: true,
  compiler: { runAfterProductionCompile: hintCompile },
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
