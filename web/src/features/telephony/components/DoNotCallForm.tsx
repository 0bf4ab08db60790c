import { Alert, Button, Drawer, FileButton, Group, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { DoNotCallImported } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { useDoNotCall } from "../api/doNotCall";
import classes from "./DoNotCall.module.css";

/** The last moment of a day here, as the app takes it. */
const endOf = (day: string): string | null => (day ? new Date(`${day}T23:59:59.999`).toISOString() : null);

/** One number, the beginning of many, or a list that is pasted or comes from a file. */
export function DoNotCallForm({ kind, onClose }: { kind: "one" | "list"; onClose: () => void }) {
  const { t } = useTranslation();
  const { add, bring } = useDoNotCall();
  const [number, setNumber] = useState("");
  const [prefix, setPrefix] = useState(false);
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const [day, setDay] = useState("");
  const [done, setDone] = useState<DoNotCallImported | null>(null);
  const error = kind === "one" ? add.error : bring.error;
  const fields = error instanceof Problem ? error.fields : {};
  const send = () => {
    const more = { reason, until: endOf(day) };
    if (kind === "one") add.mutate({ number, prefix, ...more }, { onSuccess: () => { notice(t("common.saved")); onClose(); } });
    else bring.mutate({ text, ...more }, { onSuccess: setDone });
  };
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={t(kind === "one" ? "dnc.new" : "dnc.import")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={(event) => { event.preventDefault(); send(); }}>
        <Stack gap="sm">
          {kind === "one" ? (
            <>
              <TextInput label={t("dial.number")} data-autofocus withAsterisk value={number} error={fields["number"]} onChange={(event) => setNumber(event.currentTarget.value)} />
              <Switch label={t("dnc.prefix")} description={t("dnc.prefixHint")} checked={prefix} onChange={(event) => setPrefix(event.currentTarget.checked)} />
            </>
          ) : (
            <>
              <Textarea label={t("dnc.text")} description={t("dnc.textHint")} data-autofocus withAsterisk autosize minRows={6} maxRows={16} value={text} error={fields["text"]} onChange={(event) => setText(event.currentTarget.value)} />
              <FileButton accept=".csv,.txt,text/plain,text/csv" onChange={(file) => file && void file.text().then(setText)}>
                {(props) => <Button {...props} variant="default" leftSection={<IconFile size={16} />}>{t("dnc.file")}</Button>}
              </FileButton>
            </>
          )}
          <TextInput label={t("dnc.reason")} description={t("dnc.reasonHint")} maxLength={200} value={reason} error={fields["reason"]} onChange={(event) => setReason(event.currentTarget.value)} />
          <TextInput type="date" label={t("dnc.until")} description={t("dnc.untilHint")} value={day} error={fields["until"]} onChange={(event) => setDay(event.currentTarget.value)} />
          {Object.keys(fields).length === 0 && <ProblemNote error={error} />}
          {done && (
            <Alert color="tide" variant="light" role="status">
              {t("dnc.imported", { added: done.added, known: done.known })}
              {done.unreadable.length > 0 && <><div>{t("dnc.unreadable")}</div><ul className={classes.unreadable}>{done.unreadable.map((line, place) => <li key={place}>{line}</li>)}</ul></>}
            </Alert>
          )}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>{t(done ? "common.close" : "common.cancel")}</Button>
            <Button type="submit" loading={add.isPending || bring.isPending} disabled={kind === "one" ? !number.trim() : !text.trim()}>{t("common.save")}</Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}
