import { Alert, Button, Stack, Title } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Row } from "@/shared/admin/types";
import { http } from "@/shared/api/client";
import type { MailboxSignIn } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import classes from "./Widgets.module.css";

/** Leads to the mailbox's provider, who lets us in and leads back here. */
export function SignInMailbox({ row }: { row: Row }) {
  const { t } = useTranslation();
  const begin = useMutation({ mutationFn: () => http.post<MailboxSignIn>(`/mailboxes/${row.id}/sign-in`), onSuccess: ({ url }) => window.location.assign(url) });
  const problem = String(row["problem"] ?? "");
  const refused = row["state"] === "sign_again" || row["state"] === "provider";
  return (
    <section className={classes.snippet}>
      <Title order={3}>{t("mailbox.signIn")}</Title>
      <p className="td-muted">{t("mailbox.signInHint")}</p>
      <Stack gap="xs" align="flex-start">
        {refused && <Alert variant="light" color="red" py="xs" role="alert">{t(`mailbox.state.${row["state"] as "sign_again"}`)}{problem && <div className="td-muted td-break">{problem}</div>}</Alert>}
        {row["signed_in"] === true && !refused && <Alert variant="light" color="green" py="xs">{t("mailbox.signedIn")}</Alert>}
        <Button leftSection={<IconLogin2 size={16} />} variant={row["signed_in"] === true ? "default" : "filled"} loading={begin.isPending || begin.isSuccess} onClick={() => begin.mutate()}>{t(row["signed_in"] === true ? "mailbox.signInAgain" : "mailbox.signIn")}</Button>
        <ProblemNote error={begin.error} />
      </Stack>
    </section>
  );
}
