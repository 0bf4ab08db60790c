import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What greets by itself on a site, where its widget does that: a module without imports, under a name that never changes. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  build: {
    target: ["chrome100", "firefox100", "safari15.4"],
    outDir: here("../dist/widget"),
    emptyOutDir: false,
    lib: { entry: here("greet/main.ts"), formats: ["es"], fileName: () => "widget-greet.js" },
  },
});
