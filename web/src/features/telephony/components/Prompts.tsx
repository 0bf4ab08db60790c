import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { IconMusic, IconSearch, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Prompt } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { foldText } from "@/shared/format/text";
import "@/shared/i18n/sound";
import { promptsQuery } from "../api/sounds";
import { type Adding, PromptForm } from "./PromptForm";
import { PromptItem } from "./PromptItem";
import classes from "./Prompts.module.css";

/** The recordings of each prompt by its name; the languages that any prompt has, which each is expected to have. */
function grouped(rows: Prompt[]): { languages: string[]; prompts: [string, Prompt[]][] } {
  const prompts = new Map<string, Prompt[]>();
  for (const row of rows) prompts.set(row.name, [...(prompts.get(row.name) ?? []), row]);
  return { languages: [...new Set(rows.map((row) => row.language))].sort(), prompts: [...prompts] };
}

/** The prompts library. */
export function Prompts() {
  const { t } = useTranslation();
  const query = useQuery(promptsQuery);
  const [adding, setAdding] = useState<Adding | null>(null);
  const [wanted, setWanted] = useState("");
  const { languages, prompts } = grouped(query.data ?? []);
  const fits = (row: Prompt): boolean => foldText(`${row.name} ${row.formerly.join(" ")} ${row.text}`).includes(foldText(wanted.trim()));
  const shown = prompts.filter(([, rows]) => rows.some(fits));
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("prompt.lead")} {t("prompt.fallback")}</Text>
      <Group mb="sm">
        <Button leftSection={<IconUpload size={16} />} onClick={() => setAdding({})}>{t("prompt.upload")}</Button>
        {prompts.length > 0 && <TextInput type="search" aria-label={t("prompt.search")} placeholder={t("prompt.search")} leftSection={<IconSearch size={16} />} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} style={{ flex: "1 1 220px", maxWidth: 340 }} />}
      </Group>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : prompts.length === 0 ? <EmptyState icon={<IconMusic size={30} />} title={t("prompt.empty")} text={t("prompt.emptyText")} />
          : shown.length === 0 ? <EmptyState icon={<IconSearch size={30} />} title={t("prompt.none")} text={t("prompt.noneText")} />
            : <ul className={`td-card ${classes.prompts}`}>{shown.map(([name, rows]) => <PromptItem key={name} rows={rows} languages={languages} onAdd={setAdding} />)}</ul>}
      <Modal opened={adding !== null} onClose={() => setAdding(null)} title={adding?.name && adding.language ? adding.title : t("prompt.upload")} closeButtonProps={{ "aria-label": t("common.close") }}>
        {adding && <PromptForm adding={adding} onDone={() => setAdding(null)} />}
      </Modal>
    </section>
  );
}
