import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";
import { meQuery } from "@/features/people/api/session";
import { onSignedOut } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { cssVariables, theme } from "@/shared/theme/theme";
import { afterFirstPaint, fetchSoon, soon } from "@/shared/later";
import { createAppRouter } from "./router";

/** A refusal will not change by asking again; only what may be the network's fault is tried twice more. */
const worthRetrying = (failures: number, error: unknown): boolean =>
  failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 502);

const queries = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 15_000, refetchOnWindowFocus: false }, mutations: { retry: false } },
});
onSignedOut(() => queries.setQueryData(meQuery.queryKey, null));

const router = createAppRouter(queries);
declare module "@tanstack/react-router" {
  interface Register { router: typeof router }
}

const Notifications = soon(async () => (await import("@mantine/notifications")).Notifications);

export function App() {
  const [later, setLater] = useState(false);
  useEffect(() => afterFirstPaint(() => {
    setLater(true);
    fetchSoon();
  }), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        {later && <Suspense><Notifications position="bottom-right" limit={4} /></Suspense>}
      </QueryClientProvider>
    </MantineProvider>
  );
}
