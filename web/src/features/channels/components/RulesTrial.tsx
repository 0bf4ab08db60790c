import { Alert, Button, Stack, Textarea, TextInput } from "@mantine/core";
import { IconTestPipe } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { MailRule, MailSorted, Ref } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import classes from "./Rules.module.css";

const listed = (text: string): string[] => text.split(/[,;]/).map((one) => one.trim()).filter(Boolean);

/** A letter that nobody has sent: which of the rules, as they stand here, take it. */
export function RulesTrial({ rules, queues }: { rules: MailRule[]; queues: Ref[] }) {
  const { t } = useTranslation();
  const [letter, setLetter] = useState({ sender: "", receivers: "", subject: "", text: "", files: "" });
  const trial = useMutation({ mutationFn: () => http.post<MailSorted>("/mail-rules/try", { rules, letter: { ...letter, receivers: listed(letter.receivers), files: listed(letter.files) } }) });
  const field = (name: keyof typeof letter) => ({
    label: t(`rules.try.${name}`), value: letter[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setLetter((before) => ({ ...before, [name]: value }));
      trial.reset();
    },
  });
  const found = trial.data;
  const queue = queues.find((one) => one.id === found?.queue_id)?.name ?? t("rules.ownQueue");
  const lines = !found ? [] : found.rules.length === 0 ? [t("rules.try.none")] : [
    t("rules.try.by", { rules: found.rules.join(", ") }),
    ...(found.spam ? [t("rules.try.spam")] : [
      t("rules.try.queue", { queue }),
      found.tags.length > 0 && t("rules.try.tags", { tags: found.tags.join(", ") }),
      found.priority > 0 && t("rules.try.priority", { priority: found.priority }),
      !found.acknowledge && t("rules.quiet"),
    ]),
  ];
  return (
    <details className={classes.trial}>
      <summary>{t("rules.try")}</summary>
      <Stack gap="xs" mt="xs">
        <TextInput {...field("sender")} />
        <TextInput {...field("receivers")} />
        <TextInput {...field("subject")} />
        <Textarea autosize minRows={2} maxRows={8} {...field("text")} />
        <TextInput {...field("files")} />
        <Button variant="default" w="fit-content" leftSection={<IconTestPipe size={16} />} loading={trial.isPending} onClick={() => trial.mutate()}>{t("rules.try")}</Button>
        <div aria-live="polite">{found && <Alert variant="light" color={found.spam ? "orange" : "blue"} py="xs">{lines.filter(Boolean).map((line) => <div key={String(line)}>{line}</div>)}</Alert>}</div>
        <ProblemNote error={trial.error} />
      </Stack>
    </details>
  );
}
