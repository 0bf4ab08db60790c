import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** One script without imports, under a name that never changes: it stands in the source of customers' sites. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  build: {
    target: "es2018",
    outDir: here("../dist/widget"),
    emptyOutDir: false,
    lib: { entry: here("loader/main.ts"), formats: ["iife"], name: "tongdaiLoader", fileName: () => "widget.js" },
  },
});
