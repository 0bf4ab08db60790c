import "./style.css";
import { render } from "preact";
import { Client } from "./client.ts";
import { inkOn } from "./colour.ts";
import { Greetings } from "./greetings.ts";
import { Host } from "./host.ts";
import { paint } from "./look.ts";
import { Sharing } from "./sharing.ts";
import { Talking } from "./talking.ts";
import { Visit } from "./visit.ts";
import { Kept } from "./storage.ts";
import type { Page } from "./types.ts";
import { ChatContext } from "./views/context.ts";
import { Window } from "./views/Window.tsx";
import { CATALOGUES, languageOf, written } from "./words/index.ts";

const root = document.getElementById("chat");
if (!root?.dataset.page) throw new Error("the page does not say which chat it is");
const page = JSON.parse(root.dataset.page) as Page;
const language = languageOf(new URLSearchParams(location.search).get("language"), navigator.languages);
const words = CATALOGUES[language];
const { look } = page.config;
const title = written(look.title, language) || words.title;

document.documentElement.lang = language;
document.title = title;
paint(page.config);
const host = new Host(page.origins);
document.documentElement.classList.toggle("alone", !host.embedded);
host.say({ type: "ready", look: { colour: look.colour, ink: inkOn(look.colour), side: look.side, title, open: words.open, close: words.close } });

const kept = new Kept(page.key);
if (kept.refused && host.embedded) {
  void host.greeted.then((found) => {
    kept.borrow(found, (name, value) => host.say({ type: "keep", name, value }));
    begin(root);
  });
} else begin(root);

function begin(place: HTMLElement): void {
  const client = new Client(page, kept, language, host);
  const sharing = new Sharing(client.api, client.store, host, words, () => client.own.token ?? "");
  new Greetings(client, host, words, language).watch(page.config.triggers);
  new Visit(client, host).listen();
  const talking = new Talking(client.api, client.store, client.own);
  render(
    <ChatContext.Provider value={{ client, host, sharing, talking, words, language }}>
      <Window />
    </ChatContext.Provider>,
    place,
  );
}
