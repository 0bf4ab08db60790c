import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { WallSearch } from "@/features/analytics/components/wall/pages";
import { meQuery } from "@/features/people/api/session";
import { callSearch } from "./calls/search";
import { inboxSearch } from "./inbox/search";
import { NotFound } from "./shell/NotFound";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ notFoundComponent: NotFound });

async function signedIn({ context, location }: { context: { queries: QueryClient }; location: { href: string } }): Promise<void> {
  const me = await context.queries.ensureQueryData(meQuery);
  if (!me) throw redirect({ to: "/sign-in", search: { next: location.href } });
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search["next"] === "string" && /^\/(?!\/)/.test(search["next"]) ? { next: search["next"] } : {},
  component: lazyRouteComponent(() => import("./SignIn"), "SignIn"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});

const page = <Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name as never) });

const index = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/workspace" });
  },
});
const workspace = page("/workspace", () => import("./workspace/Workspace"), "Workspace");
const myDay = page("/my-day", () => import("./MyDay"), "MyDayScreen");
const me = page("/me", () => import("./Preferences"), "Preferences");
const inbox = createRoute({
  getParentRoute: () => shell,
  path: "/inbox",
  validateSearch: inboxSearch,
  component: lazyRouteComponent(() => import("./inbox/Inbox"), "Inbox"),
});
const contacts = createRoute({
  getParentRoute: () => shell,
  path: "/contacts",
  validateSearch: (search: Record<string, unknown>): { q?: string } => (typeof search["q"] === "string" && search["q"] ? { q: search["q"] } : {}),
  component: lazyRouteComponent(() => import("./contacts/Contacts"), "Contacts"),
});
const contact = page("/contacts/$contactId", () => import("./contacts/ContactPage"), "ContactPage");
const calls = createRoute({
  getParentRoute: () => shell,
  path: "/calls",
  validateSearch: callSearch,
  component: lazyRouteComponent(() => import("./calls/CallLog"), "CallLog"),
});
const call = page("/calls/$interactionId", () => import("./calls/CallPage"), "CallPage");
const voicemails = page("/voicemails", () => import("./Voicemails"), "Voicemails");
const dial = createRoute({
  getParentRoute: () => shell,
  path: "/dial",
  validateSearch: (search: Record<string, unknown>): { to?: string } => (search["to"] == null ? {} : { to: String(search["to"]) }),
  component: lazyRouteComponent(() => import("./Dial"), "DialScreen"),
});
const callbacks = page("/callbacks", () => import("./Callbacks"), "Callbacks");
const live = createRoute({
  getParentRoute: () => shell,
  path: "/live",
  component: lazyRouteComponent(() => import("./Live"), "Live"),
});
const alerts = page("/live/alerts", () => import("./live/AlertsPage"), "AlertsPage");
const admin = page("/admin", () => import("./admin/Admin"), "Admin");
const adminSection = page("/admin/$section", () => import("./admin/Admin"), "Admin");
const adminItem = page("/admin/$section/$itemId", () => import("./admin/Admin"), "Admin");

const wall = createRoute({
  getParentRoute: () => root,
  path: "/wall",
  // Read where it is shown: the address may say anything.
  validateSearch: (search: Record<string, unknown>): WallSearch => search,
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("./wall/WallScreen"), "WallScreen"),
});

const tree = root.addChildren([
  signIn,
  wall,
  shell.addChildren([index, workspace, inbox, myDay, me, contacts, contact, calls, call, dial, voicemails, callbacks, live, alerts, admin, adminSection, adminItem]),
]);

export const createAppRouter = (queries: QueryClient) =>
  createRouter({ routeTree: tree, context: { queries }, defaultPreload: "intent", defaultPendingMs: 150, scrollRestoration: true });
