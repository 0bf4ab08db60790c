import { ActionIcon, Button, FileInput, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconArchive, IconMusic, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rowsQuery, useWrites } from "@/shared/admin/api";
import { http, url } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { undoable } from "@/shared/components/notices";
import { clockText } from "@/shared/format/time";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import classes from "./Prompts.module.css";

const PATH = "/prompts";
const MAX_BYTES = 20_000_000;

function Upload({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<string | null>("en");
  const [file, setFile] = useState<File | null>(null);
  const upload = useMutation({
    mutationFn: () => {
      const form = new FormData();
      form.set("name", name.trim());
      form.set("language", language ?? "");
      if (file) form.set("file", file);
      return http.post(PATH, form);
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["admin", PATH] });
      onDone();
    },
  });
  const fields = upload.error instanceof Problem ? upload.error.fields : {};
  const tooBig = file && file.size > MAX_BYTES ? t("prompt.tooBig") : undefined;
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      upload.mutate();
    }}>
      <Stack>
        <FileInput label={t("prompt.file")} description={t("prompt.fileHint")} accept="audio/*" value={file} error={tooBig ?? fields["file"]} onChange={(next) => {
          setFile(next);
          if (next && !name) setName(next.name.replace(/\.[^.]+$/, ""));
        }} />
        <TextInput label={t("admin.field.name")} value={name} error={fields["name"]} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
        <Select label={t("signIn.language")} value={language} onChange={setLanguage} allowDeselect={false} data={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))} />
        {upload.error && Object.keys(fields).length === 0 && <ProblemNote error={upload.error} />}
        <Button type="submit" loading={upload.isPending} disabled={!file || !name.trim() || Boolean(tooBig)}>{t("prompt.upload")}</Button>
      </Stack>
    </form>
  );
}

export function Prompts() {
  const { t } = useTranslation();
  const query = useQuery(rowsQuery(PATH));
  const { archive, restore } = useWrites(PATH);
  const [uploading, setUploading] = useState(false);
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("prompt.lead")}</Text>
      <Button leftSection={<IconUpload size={16} />} mb="sm" onClick={() => setUploading(true)}>{t("prompt.upload")}</Button>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <EmptyState icon={<IconMusic size={30} />} title={t("prompt.empty")} />
          : (
            <ul className={`td-card ${classes.list}`}>
              {query.data.map((row) => {
                const name = String(row["name"]);
                const duration = row["seconds"];
                return (
                  <li key={row.id}>
                    <Group gap={8} className={classes.name}>
                      <strong>{name}</strong>
                      <span className="td-muted">{[LOCALE_NAMES[row["language"] as "en"] ?? row["language"], typeof duration === "number" ? clockText(duration) : null].filter(Boolean).join(" · ")}</span>
                    </Group>
                    <audio controls preload="none" src={url(`${PATH}/${row.id}/audio`)} aria-label={name} />
                    <ActionIcon aria-label={t("admin.archive", { name })} onClick={() => archive.mutate(row.id, { onSuccess: () => undoable(t("common.archived", { name }), t("common.undo"), () => restore.mutate(row.id)) })}><IconArchive size={17} /></ActionIcon>
                  </li>
                );
              })}
            </ul>
          )}
      <ProblemNote error={archive.error} />
      <Modal opened={uploading} onClose={() => setUploading(false)} title={t("prompt.upload")} closeButtonProps={{ "aria-label": t("common.close") }}><Upload onDone={() => setUploading(false)} /></Modal>
    </section>
  );
}
