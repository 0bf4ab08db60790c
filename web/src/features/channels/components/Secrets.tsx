import { ActionIcon, Alert, Button, CopyButton, Group, Modal, Stack, Title, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { Row } from "@/shared/admin/types";
import type { MadeSecret, WidgetSecret } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { serverNow } from "@/shared/format/clock";
import { relativeText } from "@/shared/format/time";
import "@/shared/i18n/admin";
import "@/shared/i18n/widgets";
import classes from "./Widgets.module.css";

const MOST = 2;

function Secret({ secret, last, path }: { secret: WidgetSecret; last: boolean; path: string }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({ mutationFn: () => http.delete(`${path}/${secret.id}`), onSettled: () => queries.invalidateQueries({ queryKey: [path] }) });
  const when = relativeText(secret.made_at, i18n.language, serverNow());
  const name = t("admin.widgets.secretRemove", { hint: secret.hint });
  return (
    <li className={classes.secret}>
      <span><strong>{t("admin.widgets.secretEnds", { hint: secret.hint })}</strong> <span className="td-muted">{secret.made_by ? t("admin.widgets.secretMadeBy", { when, name: secret.made_by.name }) : t("admin.widgets.secretMade", { when })}</span></span>
      <Tooltip label={name}><ActionIcon aria-label={name} aria-expanded={asking} onClick={() => setAsking(!asking)}><IconTrash size={17} /></ActionIcon></Tooltip>
      {asking && (
        <Alert className={classes.ask} color="yellow" variant="light" c="var(--td-text)" role="alert">
          {t(last ? "admin.widgets.secretRemoveLast" : "admin.widgets.secretRemoveEffect")}
          <Group gap="xs" mt={6}>
            <Button color="red" variant="light" loading={remove.isPending} onClick={() => remove.mutate()} autoFocus>{t("admin.widgets.secretRemoveGo")}</Button>
            <Button variant="default" onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
          </Group>
          <ProblemNote error={remove.error} />
        </Alert>
      )}
    </li>
  );
}

/** By what the site's server signs who its visitors are: two are valid at once, and each is shown once. */
export default function Secrets({ row }: { row: Row }) {
  const { t } = useTranslation();
  const path = `/widgets/${row.id}/secrets`;
  const queries = useQueryClient();
  const query = useQuery({ queryKey: [path], queryFn: ({ signal }) => http.get<WidgetSecret[]>(path, {}, signal) });
  const [made, setMade] = useState<MadeSecret | null>(null);
  const make = useMutation({ mutationFn: () => http.post<MadeSecret>(path), onSuccess: setMade, onSettled: () => queries.invalidateQueries({ queryKey: [path] }) });
  const known = query.data ?? [];
  return (
    <section className={classes.snippet}>
      <Title order={3}>{t("admin.widgets.secrets")}</Title>
      <p className="td-muted">{t("admin.widgets.secretsHint")}</p>
      {query.isPending ? <Loading rows={1} height={36} /> : <ProblemNote error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <Alert variant="light" py="xs" c="var(--td-text)" color={row["identity"] === "enforced" ? "red" : "gray"}>{t(row["identity"] === "enforced" ? "admin.widgets.secretsNoneEnforced" : "admin.widgets.secretsNone")}</Alert>}
      {known.length > 0 && <ul className={classes.secrets}>{known.map((secret) => <Secret key={secret.id} secret={secret} last={known.length === 1} path={path} />)}</ul>}
      {query.data && known.length < MOST && <Group><Button variant="default" leftSection={<IconPlus size={16} />} loading={make.isPending} onClick={() => make.mutate()}>{t("admin.widgets.secretNew")}</Button></Group>}
      <ProblemNote error={make.error} />
      <Modal opened={made !== null} onClose={() => setMade(null)} title={t("admin.widgets.secrets")} size="lg" closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
        <Stack gap="sm">
          <Alert color="yellow" variant="light" c="var(--td-text)">{t("admin.widgets.secretOnce")}</Alert>
          <code className={classes.code}>{made?.secret}</code>
          <Group justify="flex-end" gap="sm">
            <CopyButton value={made?.secret ?? ""}>
              {({ copied, copy }) => <Button data-autofocus leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy} aria-live="polite">{t(copied ? "common.copied" : "common.copy")}</Button>}
            </CopyButton>
            <Button variant="default" onClick={() => setMade(null)}>{t("secret.written")}</Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}
