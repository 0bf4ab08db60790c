import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { devServer } from "./dev/plugin.ts";

/** With TONGDAI_URL the desktop talks to a real server; without it, to the in-memory one of dev/. */
const backend = process.env.TONGDAI_URL;
const proxy = backend
  ? {
      "/api": { target: backend, ws: true, changeOrigin: true, headers: { origin: backend } },
      "/sip": { target: backend, ws: true, changeOrigin: true, headers: { origin: backend } },
    }
  : undefined;

export default defineConfig({
  plugins: [react(), ...(backend ? [] : [devServer()])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 23000, proxy },
  preview: { host: "127.0.0.1", port: 23100, proxy },
  build: {
    target: ["chrome124", "firefox125", "safari17.5"],
    // Workers and styles stay files of their own: nothing in the page needs an inline script or data: URL.
    assetsInlineLimit: 0,
    sourcemap: false,
    rolldownOptions: {
      output: {
        // Some hundred icons and controls would be a file each; those that several screens show travel together.
        codeSplitting: { groups: [
          { name: "icons", test: /@tabler[\\/]icons-react/, minShareCount: 2 },
          { name: "ui", test: /node_modules[\\/](@mantine|@floating-ui)/, minShareCount: 8 },
        ] },
      },
    },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    maxWorkers: 2,
    restoreMocks: true,
  },
});
