import { Button, Group, Menu, Skeleton, Textarea } from "@mantine/core";
import { IconCheck, IconChevronDown, IconCoffee } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { Assignment, Reason } from "@/shared/api/types";
import { keyText, useActions } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { localized } from "@/shared/format/localized";
import { useNow } from "@/shared/format/clock";
import { instantIn } from "@/shared/format/time";
import { soon } from "@/shared/later";
import { useSession } from "@/shared/session";
import { dispositionsQuery, useDone, useExtendWrapUp } from "../api/assignments";
import { useDraft } from "./useDraft";
import classes from "./WrapUp.module.css";

// Its picker is the heaviest part of the screen, and nobody chooses a result in the first second of a call.
const DispositionField = soon(async () => (await import("./DispositionField")).DispositionField);

function TimeLeft({ row }: { row: Assignment }) {
  const { t } = useTranslation();
  const now = useNow();
  const extend = useExtendWrapUp();
  const describe = useProblemText();
  const [start] = useState(now);
  if (!row.wrap_up_ends_at) return null;
  const left = Math.max(0, Date.parse(row.wrap_up_ends_at) - now);
  const whole = Math.max(left, Date.parse(row.wrap_up_ends_at) - start, 1);
  return (
    <Group gap="sm" wrap="nowrap">
      <span className={classes.left}>{left > 0 ? <Elapsed until={row.wrap_up_ends_at} /> : t("wrapUp.over")}</span>
      <span className={classes.bar} aria-hidden><i style={{ width: `${(100 * left) / whole}%` }} /></span>
      <Button variant="default" size="compact-md" onClick={() => extend.mutate({ id: row.id, seconds: 30 }, { onError: (error) => notice(describe(error), "bad") })} loading={extend.isPending}>
        {t("wrapUp.extend", { count: 30 })}<span className="td-visually-hidden"> {t("wrapUp.extendLabel")}</span>
      </Button>
    </Group>
  );
}

/** Notes and result while talking, and the end of the contact after it: nothing moves from one place to another. */
export function WrapUp({ row, reasons }: { row: Assignment; reasons: Reason[] }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const { draft, change, status, handOver } = useDraft(row);
  const tree = useQuery(dispositionsQuery(row.queue?.id ?? null)).data;
  const done = useDone();
  const me = useSession();
  const [tried, setTried] = useState(false);
  const chosen = tree?.find((item) => item.id === draft.disposition_id);
  const missing = {
    disposition: !draft.disposition_id && (tree?.length ?? 0) > 0 ? t("disposition.required") : undefined,
    note: chosen?.requires_note && !draft.note.trim() ? t("disposition.noteRequired") : undefined,
    when: chosen?.consequence === "callback" && row.number && !draft.no_consequence && !draft.callback_at,
  };
  const refused = done.error instanceof Problem ? done.error.fields : {};
  const wrapping = row.state === "wrap_up";
  const section = useRef<HTMLElement>(null);
  // The call strip is gone and whatever had the focus in it: the next thing to do takes it, unless the agent is typing.
  useEffect(() => {
    if (wrapping && (!document.activeElement || document.activeElement === document.body || document.activeElement.id === "content")) section.current?.focus({ preventScroll: true });
  }, [wrapping]);
  const finish = (then: "ready" | "not_ready", reason_id?: string) => {
    setTried(true);
    if (missing.disposition || missing.note || missing.when || done.isPending) return;
    done.mutate({ id: row.id, ...draft, callback_at: chosen?.consequence === "callback" && !draft.no_consequence ? instantIn(draft.callback_at, me.user.time_zone) : null, then, reason_id, after: handOver() }, {
      onError: (error) => {
        change({});
        notice(t("wrapUp.failed", { why: describe(error) }), "bad");
      },
    });
  };
  const breaks = reasons.filter((reason) => reason.is_break);
  useActions([
    wrapping ? { id: "wrapUp.ready", name: t("wrapUp.doneReady"), section: "call", hotkey: "Mod+Enter", perform: () => finish("ready") } : null,
  ]);
  const saved = { idle: t("card.notesHint"), saving: t("common.saving"), saved: t("card.notesSaved"), waiting: t("card.notesWaiting") }[status];
  return (
    <section ref={section} tabIndex={-1} className={classes.wrapUp} data-wrapping={wrapping || undefined} aria-label={t("wrapUp.title")}>
      <Textarea
        label={t("card.notes")} description={saved} inputWrapperOrder={["label", "input", "description", "error"]} autosize minRows={5} maxRows={14} value={draft.note} maxLength={20_000}
        error={tried ? (missing.note ?? refused["note"]) : undefined} onChange={(event) => change({ note: event.currentTarget.value })}
      />
      <Suspense fallback={<Skeleton height={60} />}>
      <DispositionField
        row={row} draft={draft} error={tried ? (missing.disposition ?? refused["disposition_id"]) : undefined} whenMissing={tried && Boolean(missing.when)} whenRefused={refused["callback_at"]}
        onChange={change}
      />
      </Suspense>
      {wrapping && (
        <>
          <TimeLeft row={row} />
          <Group gap="xs">
            <Button flex={1} leftSection={<IconCheck size={17} />} loading={done.isPending} onClick={() => finish("ready")}>
              {t("wrapUp.doneReady")} <kbd className={classes.key}>{keyText("Mod+Enter")}</kbd>
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" leftSection={<IconCoffee size={17} />} rightSection={<IconChevronDown size={15} />} disabled={done.isPending}>{t("wrapUp.doneBreak")}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                {(breaks.length ? breaks : reasons).map((reason) => <Menu.Item key={reason.id} onClick={() => finish("not_ready", reason.id)}>{localized(reason.name, i18n.language)}</Menu.Item>)}
              </Menu.Dropdown>
            </Menu>
          </Group>
        </>
      )}
    </section>
  );
}
