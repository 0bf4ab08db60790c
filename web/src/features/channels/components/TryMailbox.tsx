import { Alert, Button, Stack, Title } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { Row } from "@/shared/admin/types";
import type { Trials } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import "@/shared/i18n/mail";
import { SignInMailbox } from "./SignInMailbox";
import classes from "./Widgets.module.css";

/** Signs in to both servers of a mailbox and says what is wrong. */
export default function TryMailbox({ row }: { row: Row }) {
  const { t } = useTranslation();
  const trial = useMutation({ mutationFn: () => http.post<Trials>(`/mailboxes/${row.id}/try`) });
  return (
    <>
      {row["sign_in"] === "oauth" && <SignInMailbox row={row} />}
      <section className={classes.snippet}>
        <Title order={3}>{t("admin.mailboxes.try")}</Title>
        <p className="td-muted">{t("admin.mailboxes.tryHint")}</p>
        <Stack gap="xs" align="flex-start" aria-live="polite">
          <Button variant="default" leftSection={<IconPlugConnected size={16} />} loading={trial.isPending} onClick={() => trial.mutate()}>{t("admin.mailboxes.try")}</Button>
          {trial.data && (["imap", "smtp"] as const).map((server) => {
            const { state, problem } = trial.data[server];
            return <Alert key={server} variant="light" color={state === "ok" ? "green" : "red"} py="xs">{t(`admin.mailboxes.${server}`)}: {t(`mailbox.state.${state}`)}{problem && <div className="td-muted td-break">{problem}</div>}</Alert>;
          })}
          <ProblemNote error={trial.error} />
        </Stack>
      </section>
    </>
  );
}
