import { ActionIcon, Button, Modal, Select, TextInput } from "@mantine/core";
import { IconLock, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import type { Closable } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { exitText } from "@/shared/components/flowWords";
import { notice, undoable } from "@/shared/components/notices";
import { may, useSession } from "@/shared/session";
import { closingsQuery, useClosing, useSwitches } from "../api/closings";
import classes from "./Closings.module.css";
import "./words";

const EXITS = { queue: ["closed", "no_agents", "overflow", "timeout"], calendar: ["closed", "holiday"], switch: [] } as const;

/** By which exit callers go on, and what they hear before. */
function How({ row, onClose, busy }: { row: Closable; onClose: (exit: string, prompt: string | null) => void; busy: boolean }) {
  const { t } = useTranslation();
  const prompts = useQuery(refsQuery("/prompts")).data ?? [];
  const names = [...new Set(prompts.map((one) => one.name))];
  const [exit, setExit] = useState<string>("closed");
  const [prompt, setPrompt] = useState<string | null>(null);
  return (
    <div className={classes.how}>
      {row.kind !== "switch" && <Select label={t("closing.exit")} allowDeselect={false} value={exit} onChange={(next) => next && setExit(next)} data={EXITS[row.kind].map((one) => ({ value: one, label: exitText(t, one) }))} />}
      <Select label={t("closing.prompt")} placeholder={t("closing.noPrompt")} clearable value={prompt} onChange={setPrompt} data={names} />
      <Button color="red" variant="light" leftSection={<IconLock size={16} />} loading={busy} onClick={() => onClose(exit, prompt)}>{t(row.kind === "switch" ? "closing.turnOn" : "closing.close")}</Button>
    </div>
  );
}

/** Puts a switch away; flows that still ask for it then take their way of failure. */
function Remove({ row }: { row: Closable }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const { remove, restore } = useSwitches();
  const onError = (error: Error) => notice(describe(error), "bad");
  if (!may(useSession(), "queues.edit")) return null;
  return (
    <ActionIcon
      aria-label={t("closing.removeSwitch", { name: row.name })} loading={remove.isPending}
      onClick={() => remove.mutate(row, { onError, onSuccess: () => undoable(t("closing.removed", { name: row.name }), t("common.undo"), () => restore.mutate(row, { onError })) })}
    >
      <IconTrash size={17} />
    </ActionIcon>
  );
}

/** A switch is for what is no queue and no hours: flows ask for it by its name. */
function NewSwitch() {
  const { t } = useTranslation();
  const { add } = useSwitches();
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(name.trim(), { onSuccess: () => setName("") });
  };
  return (
    <form className={classes.how} onSubmit={submit}>
      <TextInput label={t("closing.newSwitch")} description={t("closing.newSwitchHint")} maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!name.trim()} loading={add.isPending}>{t("closing.addSwitch")}</Button>
      <ProblemNote error={add.error} />
    </form>
  );
}

function Row({ row }: { row: Closable }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const change = useClosing(row);
  const [asking, setAsking] = useState(false);
  const send = (closing: { exit: string; prompt: string | null } | null) =>
    change.mutate(closing, {
      onSuccess: () => {
        setAsking(false);
        const on = row.kind === "switch" ? "closing.isOn" : "closing.done";
        notice(t(closing ? on : row.kind === "switch" ? "closing.isOff" : "closing.undone", { name: row.name }));
      },
      onError: (error) => notice(describe(error), "bad"),
    });
  return (
    <li className={classes.row} data-closed={row.closing !== null || undefined}>
      <div className={classes.line}>
        <div className={classes.name}>
          <strong className="td-clip">{row.name}</strong>
          <span className={classes.facts}>
            <span>{t(`closing.${row.kind}`)}</span>
            {row.closing
              ? <span className={classes.closed}><IconLock size={14} aria-hidden /> {t(row.kind === "switch" ? "closing.on" : "closing.closed")} <Elapsed since={row.closing.since} /></span>
              : <span>{t(row.kind === "switch" ? "closing.off" : "closing.open")}</span>}
            {row.by && <span>{t("closing.by", { name: row.by.name })}</span>}
            {row.closing && <span>{row.kind === "switch" ? "" : exitText(t, row.closing.exit)}{row.closing.prompt ? ` · ${row.closing.prompt}` : ""}</span>}
            {row.waiting > 0 && <span>{t("closing.waiting", { count: row.waiting })}</span>}
          </span>
        </div>
        {row.closing
          ? <Button variant="default" loading={change.isPending} onClick={() => send(null)}>{t(row.kind === "switch" ? "closing.turnOff" : "closing.reopen")}</Button>
          : <Button variant="default" aria-expanded={asking} onClick={() => setAsking(!asking)}>{t(row.kind === "switch" ? "closing.askOn" : "closing.ask")}</Button>}
        {row.kind === "switch" && !row.closing && <Remove row={row} />}
      </div>
      {asking && !row.closing && <How row={row} busy={change.isPending} onClose={(exit, prompt) => send({ exit, prompt })} />}
    </li>
  );
}

/** Queues and hours that can be closed at once when the building burns, and emergency switches; what is closed stands first. */
export function Closings({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery(closingsQuery);
  const makes = may(useSession(), "queues.edit");
  return (
    <Modal opened onClose={onClose} title={t("board.close")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
      <div className="td-muted">{t("closing.lead")}</div>
      {query.isPending ? <Loading rows={4} height={48} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <p>{t("closing.empty")}</p>
          : <ul className={classes.list}>{query.data.map((row) => <Row key={row.id} row={row} />)}</ul>}
      {makes && <NewSwitch />}
    </Modal>
  );
}
