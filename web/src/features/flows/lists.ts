// Screens in one part of the build: each part more that uses a component brings it nearer to what everybody loads first.
export { Assistant } from "./assistant/Assistant";
export { Intents } from "./intents/Intents";
export { DataTables } from "./tables/DataTables";
