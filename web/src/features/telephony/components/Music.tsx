import { ActionIcon, Badge, Button, Group, Modal, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconMusic, IconPencil, IconStar, IconStarFilled, IconTrash, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { url } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { MusicPiece } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { clockText } from "@/shared/format/time";
import "@/shared/i18n/sound";
import { musicQuery, useMusic } from "../api/sounds";
import classes from "./Prompts.module.css";
import { ConfirmDelete, RenameForm } from "./SoundDialogs";
import { SoundInput } from "./SoundInput";

const MAX_BYTES = 25_000_000;

function Upload({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { add } = useMusic();
  const [name, setName] = useState("");
  const [sound, setSound] = useState<Blob | null>(null);
  const fields = add.error instanceof Problem ? add.error.fields : {};
  const tooBig = sound && sound.size > MAX_BYTES ? t("music.tooBig") : undefined;
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (sound) add.mutate({ name: name.trim(), sound }, { onSuccess: onDone }); }}>
      <Stack>
        <SoundInput label={t("music.file")} hint={t("music.fileHint")} value={sound} error={tooBig ?? fields["audio"]} onChange={(next, file) => {
          setSound(next);
          if (next && !name) setName(file.replace(/\.[^.]+$/, ""));
        }} />
        <TextInput label={t("music.name")} value={name} error={fields["name"]} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} />
        {add.error && Object.keys(fields).length === 0 && <ProblemNote error={add.error} />}
        <Button type="submit" loading={add.isPending} disabled={!sound || !name.trim() || Boolean(tooBig)}>{t("music.add")}</Button>
      </Stack>
    </form>
  );
}

function Piece({ row }: { row: MusicPiece }) {
  const { t } = useTranslation();
  const { change, remove } = useMusic();
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const { name, standard } = row;
  const star = t(standard ? "music.noStandard" : "music.makeStandard", { name });
  return (
    <li>
      <div className={classes.name}>
        <Group gap={8}><strong>{name}</strong><span className="td-muted">{clockText(row.seconds)}</span>{standard && <Badge variant="light" tt="none">{t("music.standard")}</Badge>}</Group>
        <Text size="sm" c="dimmed">{row.used_by.length ? t("music.usedBy", { queues: row.used_by.join(", ") }) : t("music.unused")}</Text>
      </div>
      <audio controls preload="none" src={url(`/music/${row.id}/audio`)} aria-label={name} />
      <Group gap={2} wrap="nowrap">
        <Tooltip label={star}><ActionIcon aria-label={star} loading={change.isPending} onClick={() => change.mutate({ row, standard: !standard })}>{standard ? <IconStarFilled size={17} /> : <IconStar size={17} />}</ActionIcon></Tooltip>
        <Tooltip label={t("music.rename", { name })}><ActionIcon aria-label={t("music.rename", { name })} onClick={() => setOpen("rename")}><IconPencil size={17} /></ActionIcon></Tooltip>
        <Tooltip label={t("music.delete", { name })}><ActionIcon aria-label={t("music.delete", { name })} aria-expanded={open === "delete"} onClick={() => setOpen(open === "delete" ? null : "delete")}><IconTrash size={17} /></ActionIcon></Tooltip>
      </Group>
      {open === "delete" && <ConfirmDelete effect={t("music.deleteEffect", { name })} go={t("music.deleteGo")} mutation={remove} onCancel={() => setOpen(null)} onGo={() => remove.mutate(row.id, { onSuccess: () => notice(t("music.deleted", { name })) })} />}
      {open !== "rename" && change.error && <ProblemNote error={change.error} />}
      <Modal opened={open === "rename"} onClose={() => setOpen(null)} title={t("music.rename", { name })} closeButtonProps={{ "aria-label": t("common.close") }}>
        <RenameForm name={name} label={t("music.name")} go={t("music.renameGo")} mutation={change} onRename={(next) => change.mutate({ row, name: next }, { onSuccess: () => setOpen(null) })} />
      </Modal>
    </li>
  );
}

/** What those hear who wait or are on hold: pieces to choose from for queues, and the centre's own. */
export function Music() {
  const { t } = useTranslation();
  const query = useQuery(musicQuery);
  const [uploading, setUploading] = useState(false);
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("music.lead")}</Text>
      <Button leftSection={<IconUpload size={16} />} mb="sm" onClick={() => setUploading(true)}>{t("music.add")}</Button>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <EmptyState icon={<IconMusic size={30} />} title={t("music.empty")} text={t("music.emptyText")} />
          : <ul className={`td-card ${classes.list}`}>{query.data.map((row) => <Piece key={row.id} row={row} />)}</ul>}
      <Modal opened={uploading} onClose={() => setUploading(false)} title={t("music.add")} closeButtonProps={{ "aria-label": t("common.close") }}><Upload onDone={() => setUploading(false)} /></Modal>
    </section>
  );
}
