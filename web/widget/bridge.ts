/** What the loader on a site and the chat window in its iframe tell each other. Each checks the other's origin and window. */

export interface Look {
  colour: string;
  /** What is legible on it. */
  ink: string;
  side: "left" | "right";
  title: string;
  open: string;
  close: string;
}

/** Who the visitor is, signed by the site's server: a JWT, or (for sites that move over from elsewhere) an HMAC of the id alone. */
export type Given = string | { user_id: string; user_hash: string; name?: string };

/** A greeting that comes up by itself, and when: channels/webchat/triggers.py. `text`: in the visitor's language. */
export interface Rule {
  id: string;
  text: string;
  how: "contains" | "matches";
  page: string;
  seconds: number;
  scroll: number;
  leaving: boolean;
  visit: number;
  there: boolean;
  days: number;
}

/** What the page tells of the visit; undefined: something that is none of these. */
export type Fact = string | number | boolean;
export type Said = [name: string, value: Fact | null | undefined][];

export type Greeting = Pick<Rule, "id" | "text">;

/** To what watches for the moment in the site's page (`greet/`). `wait`: so long (s) it need not ask again. */
export type ToGreeter = { do: "watch"; rules: Rule[]; dismiss: string } | { do: "may"; yes: boolean; wait: number };

export type ToFrame =
  /** `kept`: what the site keeps for a window whose own storage the browser refuses; `share`: the session in which this tab is shown;
   * `provable`: the site can say who its visitor is. */
  | { type: "hello"; page: string; kept: Record<string, string>; share: string | null; provable: boolean }
  /** It can from now on; `given` is what it says when it is asked, null: nothing (any more). */
  | { type: "provable" }
  | { type: "proof"; given: Given | null }
  /** The customer has signed out on the site. */
  | { type: "logout" }
  | { type: "shown"; open: boolean; focus: boolean; page: string; narrow: boolean }
  /** Whether the site's page itself has the focus: then an open window is being looked at. */
  | { type: "attention"; there: boolean }
  | { type: "page"; page: string }
  | { type: "shared"; message: FromPage }
  | { type: "attributes"; said: Said }
  /** May a greeting come up now? `there`: only if somebody is there. */
  | { type: "may"; there: boolean }
  /** The visitor has taken it up. */
  | { type: "greeted"; greeting: Greeting };

/** To what runs in the page while it is shown to the agent (`share/`). `who`: the agent. */
export type ToPage =
  | { do: "begin"; who: string; words: { bar: string; stop: string } }
  | { do: "again" | "end" }
  | { do: "point" | "mark"; x: number; y: number };

/** And from there. `text`: the next of what the agent sees; `blocked`: the site does not let it run. */
export type FromPage = { is: "events"; text: string } | { is: "stop" | "tooLarge" | "blocked" };

/** Of a message the site hears that it came, not what it says. */
export interface Told {
  author: string;
  name: string;
  at: string;
}

export type ToHost =
  | { type: "ready"; look: Look }
  | { type: "unread"; count: number; label: string }
  | { type: "message"; message: Told }
  | { type: "keep"; name: string; value: string | null }
  /** `id`: of the session, kept for this tab's next page; null: there is none any more. */
  | { type: "share"; id: string | null; message: ToPage }
  /** Who is it? `again`: what was said before is not good (any more). */
  | { type: "prove"; again: boolean }
  | { type: "greet"; message: ToGreeter }
  | { type: "where" }
  | { type: "close" };
