import { ActionIcon, Button, Group, Modal, Tooltip } from "@mantine/core";
import { IconPencil, IconPlus, IconReplace, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { url } from "@/shared/api/client";
import type { Prompt } from "@/shared/api/types";
import { notice } from "@/shared/components/notices";
import { clockText } from "@/shared/format/time";
import { LOCALE_NAMES } from "@/shared/i18n";
import { usePrompts } from "../api/sounds";
import type { Adding } from "./PromptForm";
import classes from "./Prompts.module.css";
import { ConfirmDelete, RenameForm } from "./SoundDialogs";

const tongue = (language: string): string => LOCALE_NAMES[language as "en"] ?? language;

function Take({ row, last, onAdd }: { row: Prompt; last: boolean; onAdd: (adding: Adding) => void }) {
  const { t } = useTranslation();
  const { remove } = usePrompts();
  const [asking, setAsking] = useState(false);
  const named = { name: row.name, language: tongue(row.language) };
  return (
    <li>
      <div className={classes.name}>
        <span lang={row.language}>{named.language}</span>
        {row.seconds !== null && <span className="td-muted"> · {clockText(row.seconds)}</span>}
        {row.text !== "" && <div className={classes.text} lang={row.language}>“{row.text}”</div>}
      </div>
      {row.seconds !== null ? <audio key={row.version} controls preload="none" src={url(`/prompts/${row.id}/audio`, { v: row.version })} aria-label={`${row.name}: ${named.language}`} /> : <span className="td-muted">{t("prompt.spoken")}</span>}
      <Group gap={2} wrap="nowrap">
        <Tooltip label={t("prompt.replace", named)}><ActionIcon aria-label={t("prompt.replace", named)} onClick={() => onAdd({ name: row.name, language: row.language, text: row.text, title: t("prompt.replace", named) })}><IconReplace size={17} /></ActionIcon></Tooltip>
        <Tooltip label={t("prompt.delete", named)}><ActionIcon aria-label={t("prompt.delete", named)} aria-expanded={asking} onClick={() => setAsking(!asking)}><IconTrash size={17} /></ActionIcon></Tooltip>
      </Group>
      {asking && <ConfirmDelete effect={t(last ? "prompt.deleteLast" : "prompt.deleteEffect", named)} go={t("prompt.deleteGo")} mutation={remove} onCancel={() => { setAsking(false); remove.reset(); }} onGo={() => remove.mutate(row.id, { onSuccess: () => notice(t("prompt.deleted", named)) })} />}
    </li>
  );
}

/** One prompt in its languages, and in which it is missing. */
export function PromptItem({ rows, languages, onAdd }: { rows: Prompt[]; languages: string[]; onAdd: (adding: Adding) => void }) {
  const { t } = useTranslation();
  const { rename } = usePrompts();
  const [renaming, setRenaming] = useState(false);
  const [first] = rows;
  if (!first) return null;
  const { name, formerly } = first;
  const missing = languages.filter((language) => !rows.some((row) => row.language === language));
  const renamed = (next: string) => rename.mutate({ row: first, name: next }, { onSuccess: ({ changed }) => {
    setRenaming(false);
    notice(changed.length ? t("prompt.renamedIn", { name: next, flows: changed.join(", ") }) : t("prompt.renamed", { name: next }));
  } });
  return (
    <li className={classes.prompt}>
      <Group gap={6}>
        <strong>{name}</strong>
        {formerly.length > 0 && <span className="td-muted">{t("prompt.formerly", { names: formerly.join(", ") })}</span>}
        <Tooltip label={t("prompt.renameTitle", { name })}><ActionIcon size="sm" aria-label={t("prompt.renameTitle", { name })} onClick={() => setRenaming(true)}><IconPencil size={15} /></ActionIcon></Tooltip>
        {missing.map((language) => {
          const words = t("prompt.missing", { language: tongue(language) });
          return <Tooltip key={language} label={t("prompt.missingHint")}><Button size="compact-xs" variant="default" className={classes.missing} leftSection={<IconPlus size={13} />} aria-label={`${name}: ${words}`} onClick={() => onAdd({ name, language, title: `${name}: ${tongue(language)}` })}>{words}</Button></Tooltip>;
        })}
      </Group>
      <ul className={classes.list}>{rows.map((row) => <Take key={row.id} row={row} last={rows.length === 1} onAdd={onAdd} />)}</ul>
      <Modal opened={renaming} onClose={() => setRenaming(false)} title={t("prompt.renameTitle", { name })} closeButtonProps={{ "aria-label": t("common.close") }}>
        <RenameForm name={name} label={t("admin.field.name")} hint={t("prompt.renameHint")} go={t("prompt.rename")} mutation={rename} clean={(text) => text.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 63)} onRename={renamed} />
      </Modal>
    </li>
  );
}
