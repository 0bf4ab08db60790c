import { Alert, Button, CopyButton, Drawer, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import { Problem } from "@/shared/api/problem";
import type { MadeToken } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { serverNow } from "@/shared/format/clock";
import { may, useSession } from "@/shared/session";
import { useTokens } from "../api/tokens";
import classes from "./ApiTokens.module.css";
import "@/shared/i18n/admin";

const DAYS = ["7", "30", "90", "365"];

function Form({ onMade }: { onMade: (made: MadeToken) => void }) {
  const { t } = useTranslation();
  const { create } = useTokens("own");
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [role, setRole] = useState("");
  const roles = useQuery({ ...refsQuery("/roles"), enabled: may(useSession(), "users.see") }).data ?? [];
  const [missing, setMissing] = useState(false);
  const fields = create.error instanceof Problem ? create.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!name.trim());
    if (!name.trim()) return;
    const expires_at = days === "" ? null : new Date(serverNow() + Number(days) * 86_400_000).toISOString();
    create.mutate({ name: name.trim(), expires_at, role_id: role || null }, { onSuccess: onMade });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput data-autofocus withAsterisk maxLength={120} label={t("admin.field.name")} description={t("token.nameHint")} value={name} error={missing && !name.trim() ? t("signIn.required") : fields["name"]} onChange={(event) => setName(event.currentTarget.value)} />
        <Select allowDeselect={false} label={t("token.lifetime")} value={days} error={fields["expires_at"]} data={[...DAYS.map((value) => ({ value, label: t("token.days", { count: Number(value) }) })), { value: "", label: t("token.untilRevoked") }]} onChange={(value) => setDays(value ?? "")} />
        {roles.length > 0 && <Select allowDeselect={false} label={t("token.may")} description={t("token.mayHint")} value={role} error={fields["role_id"]} data={[{ value: "", label: t("token.mayAll") }, ...roles.map(({ id, name }) => ({ value: id, label: t("token.mayRole", { role: name }) }))]} onChange={(value) => setRole(value ?? "")} />}
        {role === "" && <Text c="dimmed">{t("token.rights")}</Text>}
        {Object.keys(fields).length === 0 && <ProblemNote error={create.error} />}
        <Group justify="flex-end"><Button type="submit" loading={create.isPending}>{t("token.create")}</Button></Group>
      </Stack>
    </form>
  );
}

/** The form of a new token, and then the token itself: the server keeps no way to show it again. */
export function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<MadeToken | null>(null);
  return (
    <>
      <Drawer opened={opened} onClose={onClose} position="right" title={t("token.new")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Form onMade={(token) => { setMade(token); onClose(); }} />
      </Drawer>
      <Modal opened={made !== null} onClose={() => setMade(null)} title={made?.name} size="lg" closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
        <Stack gap="sm">
          <Alert color="yellow" variant="light" c="var(--td-text)">{t("token.secret")}</Alert>
          <code className={classes.secret}>{made?.token}</code>
          <Text c="dimmed">{t("token.secretHint")}</Text>
          <Group justify="flex-end" gap="sm">
            <CopyButton value={made?.token ?? ""}>
              {({ copied, copy }) => <Button data-autofocus leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy} aria-live="polite">{t(copied ? "common.copied" : "common.copy")}</Button>}
            </CopyButton>
            <Button variant="default" onClick={() => setMade(null)}>{t("secret.written")}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
