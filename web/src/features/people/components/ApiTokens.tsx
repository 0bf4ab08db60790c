import { ActionIcon, Alert, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconClockX, IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "@/shared/admin/api";
import { Say } from "@/shared/admin/Say";
import type { Names } from "@/shared/admin/types";
import type { ApiToken } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { serverNow } from "@/shared/format/clock";
import { dateText, exactText, relativeText } from "@/shared/format/time";
import { may, useSession } from "@/shared/session";
import { type TokensOf, tokensQuery, useTokens } from "../api/tokens";
import classes from "./ApiTokens.module.css";
import { NewToken } from "./NewToken";
import "@/shared/i18n/admin";

function Token({ token, of, names }: { token: ApiToken; of: TokensOf; names: Names }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const { revoke } = useTokens(of);
  const [asking, setAsking] = useState(false);
  const expired = token.expires_at !== null && Date.parse(token.expires_at) <= serverNow();
  const date = token.expires_at && dateText(token.expires_at, i18n.language, zone);
  const when = (at: string) => relativeText(at, i18n.language, serverNow());
  const exact = (at: string) => exactText(at, i18n.language, zone);
  const role = token.role && (names("/roles", token.role.id) ?? token.role.name);
  const roles = role ?? token.role_ids.map((id) => names("/roles", id)).filter(Boolean).join(", ");
  const go = () => revoke.mutate(token.id, { onSuccess: () => notice(t("token.revoked", { name: token.name })) });
  return (
    <li className={classes.token}>
      <div className={classes.words}>
        {of === "all" ? <Say text="token.say" values={{ name: token.name, user: token.user.name, roles: roles || "–" }} /> : <strong>{token.name}</strong>}
        <div className={classes.facts}>
          {role && of === "own" && <span>{t("token.mayRole", { role })}</span>}
          <time dateTime={token.created_at} title={exact(token.created_at)}>{t("token.made", { when: when(token.created_at) })}</time>
          {token.last_used_at ? <time dateTime={token.last_used_at} title={exact(token.last_used_at)}>{t("token.used", { when: when(token.last_used_at) })}</time> : <span>{t("token.unused")}</span>}
          {expired ? <span className={classes.expired}><IconClockX size={15} aria-hidden />{t("token.expired", { date })}</span> : <span>{date ? t("token.expires", { date }) : t("token.unlimited")}</span>}
        </div>
      </div>
      <Tooltip label={t("token.revoke", { name: token.name })}>
        <ActionIcon aria-label={t("token.revoke", { name: token.name })} aria-expanded={asking} onClick={() => setAsking(!asking)}><IconTrash size={17} /></ActionIcon>
      </Tooltip>
      {asking && (
        <Alert className={classes.ask} color="yellow" variant="light" c="var(--td-text)" role="alert">
          {t("token.revokeEffect", { name: token.name })}
          <Group gap="xs" mt={6}>
            <Button color="red" variant="light" loading={revoke.isPending} onClick={go} autoFocus>{t("token.revokeGo")}</Button>
            <Button variant="default" onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
          </Group>
          <ProblemNote error={revoke.error} />
        </Alert>
      )}
    </li>
  );
}

/** API tokens: one's own, or those of everybody whom one may edit. Each can be revoked, a new one is one's own. */
export function ApiTokens({ of }: { of: TokensOf }) {
  const { t } = useTranslation();
  const me = useSession();
  const query = useQuery(tokensQuery(of));
  const names = useNames([], may(me, "users.see") ? ["/roles"] : []);
  const [making, setMaking] = useState(false);
  const create = may(me, "tokens.edit") && <Button variant={of === "own" ? "default" : "filled"} leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>{t("token.new")}</Button>;
  return (
    <section>
      <div className={classes.head}><Text c="dimmed" maw={640}>{t("admin.tokens.lead")}</Text>{create}</div>
      {query.isPending ? <Loading rows={3} height={52} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <EmptyState icon={<IconKey size={30} />} title={t("token.empty")} text={t("token.emptyText")} />
          : <ul className={`${of === "all" ? "td-card" : ""} ${classes.list}`}>{query.data.map((token) => <Token key={token.id} token={token} of={of} names={names} />)}</ul>}
      <NewToken opened={making} onClose={() => setMaking(false)} />
    </section>
  );
}
