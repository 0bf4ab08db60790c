import { moduleOf } from "./module.ts";

/** What a site's page loads while its customer shows it. */
export default moduleOf("share/main.ts", "widget-share.js");
