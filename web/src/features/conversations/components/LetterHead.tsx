import { Button, Select, TagsInput, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconArrowBackUpDouble, IconArrowForwardUp, IconPaperclip, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/mail";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Id, Letter } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { exactText } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { lettersQuery } from "../api/letters";
import { threadQuery } from "../api/threads";
import { type Heading, headingOf, MOST_RECEIVERS, RECEIVERS, wrongIn } from "../letter";
import { partyText } from "../mail";
import classes from "./LetterHead.module.css";

const MODES = { answer: IconArrowBackUp, all: IconArrowBackUpDouble, forward: IconArrowForwardUp } as const;

const KEYS = { all: "Alt+W", forward: "Alt+F" } as const;

/** Who gets the letter and what it is about, over where it is written: always to be seen, changed on request. */
export default function LetterHead({ conversationId, chosen, onChoose, onShown }: {
  conversationId: Id;
  /** What its writer changed; else it is the answer to the customer's last. */
  chosen: Heading | undefined;
  onChoose: (heading: Heading | undefined) => void;
  onShown: (heading: Heading | null, signature: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const last = useQuery(threadQuery(conversationId)).data?.messages.findLast((one) => one.author === "customer")?.id;
  const query = useQuery(lettersQuery(conversationId, last));
  const letters = query.data?.letters;
  const first = letters?.[0];
  const heading = useMemo(() => chosen ?? (first ? headingOf(first, "answer") : null), [chosen, first]);
  const [open, setOpen] = useState(false);
  const signature = query.data?.signature ?? "";
  useEffect(() => onShown(heading, signature), [onShown, heading, signature]);
  const about = letters?.find((one) => one.message_id === heading?.about);
  const choose = (mode: Heading["mode"]) => onChoose(mode === "answer" && about === first ? undefined : about && headingOf(about, mode));
  useActions([
    about?.others.length ? { id: "mail.all", name: t("mail.mode.all"), section: "call", hotkey: "Alt+W", perform: () => choose("all") } : null,
    about ? { id: "mail.forward", name: t("mail.mode.forward"), section: "call", hotkey: "Alt+F", perform: () => choose("forward") } : null,
  ]);
  if (query.error && !letters) return <div className={classes.head}><ProblemNote error={query.error} retry={() => void query.refetch()} /></div>;
  if (letters && !first) return <div className={classes.head}>{t("mail.nobody")}</div>;
  if (!heading || !letters || !first) return <div className={classes.head} aria-busy />;
  const edited = open || heading.mode === "forward" || heading.to.length === 0;
  const known = [...new Set(letters.flatMap((one) => [one.answer_to, ...one.others]))];
  const modes = (["answer", ...(about?.others.length ? ["all" as const] : []), "forward"] as const).map((mode) => {
    const Icon = MODES[mode];
    return <Button key={mode} size="compact-sm" variant="subtle" color="gray" className={classes.mode} aria-pressed={heading.mode === mode} leftSection={<Icon size={15} />} title={mode === "answer" ? undefined : `${t(`mail.mode.${mode}`)} (${keyText(KEYS[mode])})`} onClick={() => choose(mode)}>{t(`mail.mode.${mode}`)}</Button>;
  });
  const titleOf = (one: Letter) => `${partyText(one.sender)}, ${exactText(one.at, i18n.language, zone)}`;
  const takes = (letter: Letter | undefined) => letter && onChoose(headingOf(letter, heading.mode === "all" && letter.others.length === 0 ? "answer" : heading.mode));
  return (
    <div
      className={classes.head} role="group" aria-label={t("mail.heading")}
      onKeyDown={(event) => {
        // Enter ends an address or a subject; it does not send what is not finished.
        if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target instanceof HTMLInputElement) event.preventDefault();
      }}
    >
      <div className={classes.line}>
        {modes}
        {!edited && (
          <Button size="compact-sm" variant="subtle" color="gray" className={classes.change} leftSection={<IconPencil size={14} />} aria-expanded={false} onClick={() => setOpen(true)}>{t("mail.change")}</Button>
        )}
      </div>
      {!edited && (
        <div className={classes.summary}>
          {RECEIVERS.filter((field) => heading[field].length > 0).map((field) => <span key={field}><b>{t(`mail.field.${field}`)}</b> {heading[field].join(", ")}</span>)}
          <span className="td-muted">{heading.subject}</span>
        </div>
      )}
      {RECEIVERS.reduce((sum, field) => sum + heading[field].length, 0) > MOST_RECEIVERS && <span role="alert" className={classes.wrong}>{t("invalid.receivers")}</span>}
      {edited && (
        <div className={classes.fields}>
          {letters.length > 1 && <Select size="sm" aria-label={t("mail.about")} allowDeselect={false} comboboxProps={{ position: "top-start" }} value={heading.about} data={letters.map((one) => ({ value: one.message_id, label: titleOf(one) }))} onChange={(id) => takes(letters.find((one) => one.message_id === id))} />}
          {RECEIVERS.map((field) => {
            const wrong = wrongIn(heading, field);
            return (
              <TagsInput
                key={field} size="sm" classNames={{ root: classes.field }} leftSection={<small>{t(`mail.field.${field}`)}</small>} leftSectionWidth={62} aria-label={t(`mail.field.${field}`)} inputMode="email" spellCheck={false}
                splitChars={[",", ";", " "]} maxTags={MOST_RECEIVERS} acceptValueOnBlur data={known.filter((one) => !heading[field].includes(one))} comboboxProps={{ position: "top-start" }}
                error={wrong.length > 0 ? t("mail.wrong", { which: wrong.join(", ") }) : undefined} value={heading[field]} onChange={(list) => onChoose({ ...heading, [field]: list.map((one) => one.trim().toLowerCase()) })}
              />
            );
          })}
          <TextInput size="sm" classNames={{ root: classes.field }} leftSection={<small>{t("mail.field.subject")}</small>} leftSectionWidth={62} aria-label={t("mail.field.subject")} maxLength={300} value={heading.subject} onChange={(event) => onChoose({ ...heading, subject: event.currentTarget.value })} />
          {heading.mode === "forward" && about && (
            <p className={classes.forward}>
              {t("mail.forwardHint", { who: partyText(about.sender) })}
              {about.files.length > 0 && <span><IconPaperclip size={14} aria-hidden /> {about.files.join(", ")}</span>}
              {about.missing > 0 && <span>{t("mail.forwardMissing", { count: about.missing })}</span>}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
