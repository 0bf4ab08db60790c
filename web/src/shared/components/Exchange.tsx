import { Button, Modal, Stack } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { ExchangeDetail, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";
import "@/shared/i18n/assistant";
import classes from "./Exchange.module.css";

/** JSON as it is easier to read; anything else as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Detail({ id }: { id: Id }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["assistant", "exchange", id], queryFn: ({ signal }) => http.get<ExchangeDetail>(`/assistant/exchanges/${id}`, undefined, signal) });
  if (query.isPending) return <Loading rows={3} height={60} />;
  if (query.error) return query.error instanceof Problem && query.error.status === 404 ? <p>{t("assistant.gone")}</p> : <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  const { told, said, model, tokens, took_ms, outcome, problem, at } = query.data;
  return (
    <Stack gap="sm">
      <p className="td-muted"><ExactTime at={at} /> · {t("assistant.cost", { model, ms: took_ms, tokens })} · {t(`assistant.state.${outcome}`)}{problem && ` · ${problem}`}</p>
      {told.map((part, place) => (
        <section key={place}>
          <h3 className={classes.head}>{t(`assistant.role.${part.role as "user"}`)}</h3>
          <pre className={classes.text} tabIndex={0}>{readable(part.content)}</pre>
        </section>
      ))}
      <section>
        <h3 className={classes.head}>{t("assistant.said")}</h3>
        <pre className={classes.text} tabIndex={0}>{said ? readable(said) : t("assistant.saidNothing")}</pre>
      </section>
    </Stack>
  );
}

/** Opens all that the assistant was told and answered once. */
export function LookAtExchange({ id, label }: { id: Id; label: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="subtle" size="compact-sm" leftSection={<IconEye size={14} aria-hidden />} onClick={() => setOpen(true)}>{label}</Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t("assistant.told")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>{open && <Detail id={id} />}</Modal>
    </>
  );
}
