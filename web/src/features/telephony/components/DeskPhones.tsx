import { ActionIcon, Alert, Button, CopyButton, Group, Text, Title, Tooltip } from "@mantine/core";
import { IconCheck, IconCircleCheck, IconCopy, IconKey, IconPhoneOff, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeskPhone, DeskPhoneAccount, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { deskPhonesQuery, useDeskPhones } from "../api/deskPhones";
import classes from "./DeskPhones.module.css";
import "@/shared/i18n/exchange";
import "@/shared/i18n/admin";

function Value({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.value}>
      <dt>{label}</dt>
      <dd><code>{value}</code></dd>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? "common.copied" : "common.copy")}>
            <ActionIcon size={28} aria-label={`${t("common.copy")}: ${label}`} onClick={copy}>{copied ? <IconCheck size={16} /> : <IconCopy size={16} />}</ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}

/** The account to type into the phone. The password is in this answer only: the server keeps no way to show it again. */
function Account({ account, onDone }: { account: DeskPhoneAccount; onDone: () => void }) {
  const { t } = useTranslation();
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    card.current?.scrollIntoView({ block: "nearest" });
    card.current?.focus({ preventScroll: true });
  }, [account]);
  return (
    <Alert ref={card} tabIndex={-1} color="tide" variant="light" c="var(--td-text)" role="status" title={t("secret.title")}>
      <dl className={classes.account}>
        <Value label={t("desk.server")} value={account.server} />
        <Value label={t("desk.user")} value={account.sip_user} />
        <Value label={t("signIn.password")} value={account.sip_password} />
      </dl>
      <Button mt="xs" variant="default" onClick={onDone}>{t("secret.written")}</Button>
    </Alert>
  );
}

function Row({ phone, userId, onShow }: { phone: DeskPhone; userId: Id; onShow: (account: DeskPhoneAccount) => void }) {
  const { t } = useTranslation();
  const { renew, remove } = useDeskPhones(userId);
  const [asking, setAsking] = useState(false);
  return (
    <li className={classes.phone}>
      <div className={classes.names}>
        <code className="td-clip">{phone.sip_user}</code>
        <span className={classes.state} data-on={phone.registered || undefined}>
          {phone.registered ? <IconCircleCheck size={15} aria-hidden /> : <IconPhoneOff size={15} aria-hidden />} {t(phone.registered ? "desk.registered" : "desk.notRegistered")}
        </span>
        {!phone.registered && <span className="td-muted">{t("desk.server")}: {phone.server}</span>}
      </div>
      <Group gap={4} wrap="nowrap">
        <Button variant="default" leftSection={<IconKey size={15} />} loading={renew.isPending} onClick={() => renew.mutate(phone.id, { onSuccess: onShow })}>{t("desk.renew")}</Button>
        <ActionIcon aria-label={t("desk.remove", { name: phone.sip_user })} onClick={() => setAsking(true)}><IconTrash size={17} /></ActionIcon>
      </Group>
      {asking && (
        // A password cannot be brought back, so this is one of the few places that ask.
        <Alert className={classes.ask} color="yellow" variant="light" c="var(--td-text)" role="alert">
          {t("desk.removeEffect")}
          <Group gap="xs" mt={6}>
            <Button color="red" variant="light" loading={remove.isPending} onClick={() => remove.mutate(phone.id)} autoFocus>{t("desk.removeGo")}</Button>
            <Button variant="default" onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
          </Group>
        </Alert>
      )}
      <ProblemNote error={renew.error ?? remove.error} />
    </li>
  );
}

/** A user's desk phones: what to type into them, whether they are signed in. */
export function DeskPhones({ userId }: { userId: Id }) {
  const { t } = useTranslation();
  const query = useQuery(deskPhonesQuery(userId));
  const { add } = useDeskPhones(userId);
  const [account, setAccount] = useState<DeskPhoneAccount | null>(null);
  return (
    <section className={classes.section}>
      <Title order={3}>{t("desk.title")}</Title>
      <Text c="dimmed">{t("desk.lead")}</Text>
      {account && <Account account={account} onDone={() => setAccount(null)} />}
      {query.isPending ? <Loading rows={1} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length > 0 && <ul className={classes.list}>{query.data.map((phone) => <Row key={phone.id} phone={phone} userId={userId} onShow={setAccount} />)}</ul>}
      <div><Button variant="default" leftSection={<IconPlus size={16} />} loading={add.isPending} onClick={() => add.mutate(undefined, { onSuccess: setAccount })}>{t("desk.add")}</Button></div>
      <ProblemNote error={add.error} />
    </section>
  );
}
