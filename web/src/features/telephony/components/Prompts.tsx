import { Button, FileInput, Group, Modal, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconMusic, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rowsQuery } from "@/shared/admin/api";
import { http, url } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { foldText } from "@/shared/format/text";
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
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const upload = useMutation({
    mutationFn: () => {
      const form = new FormData();
      form.set("name", name.trim());
      form.set("language", language ?? "");
      form.set("text", text.trim());
      if (file) form.set("audio", file);
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
        <FileInput label={t("prompt.file")} description={t("prompt.fileHint")} accept="audio/*" value={file} error={tooBig ?? fields["audio"]} onChange={(next) => {
          setFile(next);
          if (next && !name) setName(foldText(next.name.replace(/\.[^.]+$/, "")).replace(/[^a-z0-9_-]+/g, "-"));
        }} />
        <Textarea label={t("prompt.text")} description={t("prompt.textHint")} autosize minRows={2} maxLength={2000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <TextInput label={t("admin.field.name")} description={t("prompt.nameHint")} value={name} error={fields["name"]} maxLength={63} onChange={(event) => setName(event.currentTarget.value)} />
        <Select label={t("signIn.language")} value={language} onChange={setLanguage} allowDeselect={false} data={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))} />
        {upload.error && Object.keys(fields).length === 0 && <ProblemNote error={upload.error} />}
        <Button type="submit" loading={upload.isPending} disabled={!(file || text.trim()) || !name.trim() || Boolean(tooBig)}>{t("prompt.upload")}</Button>
      </Stack>
    </form>
  );
}

export function Prompts() {
  const { t } = useTranslation();
  const query = useQuery(rowsQuery(PATH));
  const [uploading, setUploading] = useState(false);
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("prompt.lead")}</Text>
      <Button leftSection={<IconUpload size={16} />} mb="sm" onClick={() => setUploading(true)}>{t("prompt.upload")}</Button>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <EmptyState icon={<IconMusic size={30} />} title={t("prompt.empty")} text={t("prompt.emptyText")} />
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
                      {typeof row["text"] === "string" && row["text"] !== "" && <span className={classes.text}>“{row["text"]}”</span>}
                    </Group>
                    {typeof duration === "number" ? <audio controls preload="none" src={url(`${PATH}/${row.id}/audio`)} aria-label={name} /> : <span className="td-muted">{t("prompt.spoken")}</span>}
                  </li>
                );
              })}
            </ul>
          )}
      <Modal opened={uploading} onClose={() => setUploading(false)} title={t("prompt.upload")} closeButtonProps={{ "aria-label": t("common.close") }}><Upload onDone={() => setUploading(false)} /></Modal>
    </section>
  );
}
