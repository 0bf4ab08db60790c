import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { devServer } from "./dev/plugin.ts";

/** With TONGDAI_URL the desktop talks to a real server; without it, to the in-memory one of dev/. */
const backend = process.env.TONGDAI_URL;
const proxy = backend
  ? {
      "/api": { target: backend, ws: true, changeOrigin: true, headers: { origin: backend } },
      "/chat": { target: backend, changeOrigin: true },
      "^/widget(\\.js|-share\\.js|-assets/)": { target: backend, changeOrigin: true },
      "/sip": { target: backend, ws: true, changeOrigin: true, headers: { origin: backend } },
    }
  : undefined;

/** Pickers and dialogs are many screens', but none of the first paint's. */
const LATER = /@mantine[\\/]core[\\/]esm[\\/]components[\\/](Combobox|Select|MultiSelect|TagsInput|Autocomplete|NumberInput|Pill|ScrollArea|Modal|Drawer|Table|SegmentedControl|FloatingIndicator|Slider|Tabs|Checkbox|Radio|Switch|Textarea)|react-number-format|react-remove-scroll|use-sidecar|react-style-singleton/;

/** Everywhere but where one signs in. */
const MENU = /@mantine[\\/]core[\\/]esm[\\/]components[\\/]Menu[\\/]/;

const ICONS = /@tabler[\\/]icons-react/;

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
          { name: "icons", test: ICONS, minShareCount: 12, priority: 1 },
          { name: "more-icons", test: ICONS, minShareCount: 2 },
          { name: "ui", test: (id) => /node_modules[\\/](@mantine|@floating-ui)/.test(id) && !LATER.test(id) && !MENU.test(id), minShareCount: 9, priority: 2 },
          { name: "menu", test: MENU, minShareCount: 2, priority: 1 },
          { name: "later", test: LATER, minShareCount: 3, priority: 1 },
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
