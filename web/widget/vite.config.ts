import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The chat window and the page that shows it to administrators. Customers' browsers are older than agents'. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: ["chrome100", "firefox100", "safari15.4"],
    outDir: here("../dist/widget"),
    assetsDir: "widget-assets",
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { input: ["chat.html", "shop.en.html", "shop.vi.html", "shop.uk.html"].map(here) },
  },
});
