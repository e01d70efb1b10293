import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests stand beside what they test. A test of what runs on the server says `@vitest-environment node` above. */
export default defineConfig({
  plugins: [react({ babel: { plugins: ["babel-plugin-react-compiler"] } })],
  resolve: {
    alias: {
      "@": here("./src"),
      "server-only": here("./node_modules/server-only/empty.js"),
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./vitest.setup.ts"],
    env: { TZ: "Europe/Berlin" },
    restoreMocks: true,
    testTimeout: 20_000, // machines of continuous integration are shared
  },
});
