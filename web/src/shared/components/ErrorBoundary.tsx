import { Button, Code, Stack, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

function Broken({ error, reset }: { error: Error; reset: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start" p="xl" maw={560} role="alert">
      <Title order={1}>{t("error.brokenTitle")}</Title>
      <Text>{t("error.brokenText")}</Text>
      <Code block>{error.message}</Code>
      <Button onClick={reset}>{t("common.retry")}</Button>
    </Stack>
  );
}

/** A screen that breaks must not take the call strip with it: every screen has a boundary of its own. */
export class ErrorBoundary extends Component<{ children: ReactNode; resetKey?: string }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: { resetKey?: string }) {
    if (this.state.error && before.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return <Broken error={this.state.error} reset={() => this.setState({ error: null })} />;
  }
}
