import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import { ProblemNote } from "@/shared/components/Feedback";
import { useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { useAddReply } from "../api/replies";

/** A reply that only I have, in my own language. */
export function OwnReply({ code: first, onClose }: { code: string; onClose: () => void }) {
  const { t } = useTranslation();
  const locale = useSession().user.locale;
  const add = useAddReply();
  const [code, setCode] = useState(first);
  const [text, setText] = useState("");
  const fields = add.error instanceof Problem ? add.error.fields : {};
  const beside = Boolean(fields["code"] ?? fields[`body.${locale}`]);
  return (
    <Modal opened onClose={onClose} title={t("replies.new")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        add.mutate({ code, body: { [locale]: text } }, { onSuccess: onClose });
      }}>
        <Stack gap="sm">
          <TextInput data-autofocus required label={t("replies.code")} description={t("replies.codeHint")} maxLength={40} value={code} error={fields["code"]} onChange={(event) => setCode(event.currentTarget.value)} />
          <Textarea required label={t("replies.text")} description={t("replies.textHint", { variables: "{{contact.name}}, {{agent.name}}, {{queue.name}}" })} autosize minRows={3} maxRows={10} maxLength={4000} value={text} error={fields[`body.${locale}`]} onChange={(event) => setText(event.currentTarget.value)} />
          {!beside && <ProblemNote error={add.error} />}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" loading={add.isPending}>{t("common.save")}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
