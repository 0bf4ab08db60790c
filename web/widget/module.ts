import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A module without imports that a site's page loads when it is needed, under a name that never changes. */
export const moduleOf = (entry: string, name: string) =>
  defineConfig({
    root: here("."),
    publicDir: false,
    build: {
      target: ["chrome100", "firefox100", "safari15.4"],
      outDir: here("../dist/widget"),
      emptyOutDir: false,
      lib: { entry: here(entry), formats: ["es"], fileName: () => name },
    },
  });
