import { moduleOf } from "./module.ts";

/** What greets by itself on a site, where its widget does that. */
export default moduleOf("greet/main.ts", "widget-greet.js");
