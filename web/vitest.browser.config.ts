import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Drives the built desktop in a real Chromium against the in-memory server: `npm run build && npm run test:browser`. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: { environment: "node", include: ["tests/browser/**/*.browser.ts"], testTimeout: 240_000, hookTimeout: 120_000, fileParallelism: false },
});
