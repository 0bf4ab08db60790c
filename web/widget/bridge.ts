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

export type ToFrame =
  /** `kept`: what the site keeps for a window whose own storage the browser refuses. */
  | { type: "hello"; page: string; kept: Record<string, string> }
  | { type: "shown"; open: boolean; focus: boolean; page: string; narrow: boolean }
  /** Whether the site's page itself has the focus: then an open window is being looked at. */
  | { type: "attention"; there: boolean }
  | { type: "page"; page: string };

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
  | { type: "where" }
  | { type: "close" };
