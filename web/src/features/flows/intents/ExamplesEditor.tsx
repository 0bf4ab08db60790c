import { ActionIcon, Alert, Badge, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IntentProblem } from "@/shared/api/types";
import { undoable } from "@/shared/components/notices";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { countOf, type Draft, type DraftIntent, freeName, type Texts } from "./draft";
import classes from "./Intents.module.css";

const SHOWN = 12;
interface Props { draft: Draft; setDraft: (edit: (draft: Draft) => Draft) => void; problems: readonly IntentProblem[]; said: (problem: IntentProblem) => string }

function Sentences({ texts, onChange }: { texts: Texts; onChange: (texts: Texts) => void }) {
  const { t } = useTranslation();
  return LOCALES.map((locale) => (
    <Textarea key={locale} lang={locale} label={t("intents.sentences", { language: LOCALE_NAMES[locale] })} autosize minRows={3} maxRows={14} value={texts[locale]} onChange={({ currentTarget: { value } }) => onChange({ ...texts, [locale]: value })} />
  ));
}

function Said({ problems, said }: Pick<Props, "problems" | "said">) {
  if (problems.length === 0) return null;
  const bad = problems.some((one) => !one.warning);
  return (
    <Alert color={bad ? "red" : "yellow"} variant="light" p="xs" icon={<IconAlertTriangle size={16} />} role="status" c="var(--td-text)">
      <ul className={classes.said}>{problems.slice(0, SHOWN).map((one, index) => <li key={index}>{said(one)}</li>)}{problems.length > SHOWN && <li>+ {problems.length - SHOWN}</li>}</ul>
    </Alert>
  );
}

/** The intents on the left; the chosen one's title, exit and sentences on the right, one sentence a line, in three languages. */
export function ExamplesEditor({ draft, setDraft, problems, said }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number | "none">(0);
  const intent = chosen === "none" ? undefined : draft.intents[chosen];
  const put = (part: Partial<DraftIntent>) => setDraft((now) => ({ ...now, intents: now.intents.map((one, at) => (at === chosen ? { ...one, ...part } : one)) }));
  const add = () => {
    setDraft((now) => ({ ...now, intents: [...now.intents, { name: freeName(now), title: "", texts: { en: "", vi: "", uk: "" } }] }));
    setChosen(draft.intents.length);
  };
  const remove = (place: number, gone: DraftIntent) => {
    setDraft((now) => ({ ...now, intents: now.intents.filter((_, at) => at !== place) }));
    setChosen(Math.max(0, place - 1));
    undoable(t("intents.removed", { name: gone.title || gone.name }), t("common.undo"), () => setDraft((now) => ({ ...now, intents: [...now.intents.slice(0, place), gone, ...now.intents.slice(place)] })));
  };
  const about = (name: string | null) => problems.filter((one) => (name === null ? one.other === null && one.rule === "contradiction" : one.intent === name || one.other === name));
  const general = problems.filter((one) => one.rule === "too_few_intents" || one.rule === "too_many_examples");
  const bad = (name: string) => about(name).some((one) => !one.warning);
  return (
    <Stack gap="sm">
      <Said problems={general} said={said} />
      {problems.length === 0 && draft.intents.length > 1 && <Text size="sm" c="var(--ready)">{t("intents.allWell")}</Text>}
      <div className={classes.work}>
        <nav aria-label={t("intents.list")} className={classes.list}>
          {draft.intents.map((one, place) => (
            <button key={place} type="button" aria-current={place === chosen} className={classes.item} onClick={() => setChosen(place)}>
              <span className="td-clip">{one.title || one.name}</span>
              {bad(one.name) && <IconAlertTriangle size={14} color="var(--td-danger)" aria-label={t("intents.tab.examples")} />}
              <Badge variant="light" color="gray" className="td-num">{countOf(one.texts)}</Badge>
            </button>
          ))}
          <button type="button" aria-current={chosen === "none"} className={classes.item} onClick={() => setChosen("none")}><span className="td-clip">{t("intents.none")}</span><Badge variant="light" color="gray" className="td-num">{countOf(draft.none)}</Badge></button>
          <Button variant="subtle" leftSection={<IconPlus size={15} />} justify="start" onClick={add}>{t("intents.add")}</Button>
        </nav>
        {chosen === "none" ? (
          <Stack gap="sm">
            <Text c="dimmed">{t("intents.noneHint")}</Text>
            <Said problems={about(null)} said={said} />
            <Sentences texts={draft.none} onChange={(none) => setDraft((now) => ({ ...now, none }))} />
          </Stack>
        ) : intent ? (
          <Stack gap="sm" key={chosen}>
            <Group align="start" gap="sm" wrap="nowrap">
              <TextInput style={{ flex: 1 }} label={t("intents.title")} description={t("intents.titleHint")} maxLength={100} value={intent.title} onChange={({ currentTarget: { value } }) => put({ title: value })} />
              <TextInput style={{ flex: 1 }} label={t("intents.name")} description={t("intents.nameOfExit")} maxLength={63} value={intent.name} onChange={({ currentTarget: { value } }) => put({ name: value.replace(/\s/g, "_") })} />
              <ActionIcon mt={48} aria-label={`${t("common.remove")}: ${intent.title || intent.name}`} onClick={() => remove(chosen, intent)}><IconTrash size={16} /></ActionIcon>
            </Group>
            <Said problems={about(intent.name)} said={said} />
            <Text size="sm" c="dimmed">{t("intents.sentencesHint")}</Text>
            <Sentences texts={intent.texts} onChange={(texts) => put({ texts })} />
          </Stack>
        ) : <Text c="dimmed">{t("intents.choose")}</Text>}
      </div>
    </Stack>
  );
}
