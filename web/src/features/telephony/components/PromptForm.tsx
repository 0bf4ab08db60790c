import { Button, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import { ProblemNote } from "@/shared/components/Feedback";
import { foldText } from "@/shared/format/text";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { usePrompts } from "../api/sounds";
import { SoundInput } from "./SoundInput";

const MAX_BYTES = 20_000_000;
const LONGEST_S = 300;

/** What the form begins with; with a name and a language it is about that recording. */
export interface Adding { name?: string; language?: string; text?: string; title?: string }

export const promptName = (text: string): string => foldText(text).replace(/[^a-z0-9_-]+/g, "-");

export function PromptForm({ adding, onDone }: { adding: Adding; onDone: () => void }) {
  const { t } = useTranslation();
  const { add } = usePrompts();
  const [name, setName] = useState(adding.name ?? "");
  const [language, setLanguage] = useState(adding.language ?? "en");
  const [text, setText] = useState(adding.text ?? "");
  const [sound, setSound] = useState<Blob | null>(null);
  const fields = add.error instanceof Problem ? add.error.fields : {};
  const tooBig = sound && sound.size > MAX_BYTES ? t("prompt.tooBig") : undefined;
  const data = [...new Set([...LOCALES, language])].map((one) => ({ value: one, label: LOCALE_NAMES[one as "en"] ?? one }));
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      add.mutate({ name: name.trim(), language, text: text.trim(), sound }, { onSuccess: onDone });
    }}>
      <Stack>
        <SoundInput label={t("prompt.file")} hint={t("prompt.fileHint")} value={sound} error={tooBig ?? fields["audio"]} longestS={LONGEST_S} onChange={(next, file) => {
          setSound(next);
          if (file && !name) setName(promptName(file.replace(/\.[^.]+$/, "")));
        }} />
        <Textarea label={t("prompt.text")} description={t("prompt.textHint")} autosize minRows={2} maxLength={2000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        {!adding.name && <TextInput label={t("admin.field.name")} description={t("prompt.nameHint")} value={name} error={fields["name"]} maxLength={63} onChange={(event) => setName(event.currentTarget.value)} />}
        {!adding.language && <Select label={t("signIn.language")} value={language} onChange={(next) => setLanguage(next ?? "en")} allowDeselect={false} data={data} />}
        {add.error && Object.keys(fields).length === 0 && <ProblemNote error={add.error} />}
        <Button type="submit" loading={add.isPending} disabled={!(sound || text.trim()) || !name.trim() || Boolean(tooBig)}>{t("common.save")}</Button>
      </Stack>
    </form>
  );
}
