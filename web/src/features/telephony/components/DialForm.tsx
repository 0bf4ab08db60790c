import "@/shared/i18n/outbound";
import { ActionIcon, Button, Group, Select, TextInput, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBackspace, IconHistory, IconPhone } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { dialable, phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { callerIdsQuery, lastDialledQuery } from "../api/dialling";
import classes from "./DialForm.module.css";
import { Keypad } from "./Keypad";
import { ShownAs } from "./ShownAs";
import { ParkedList } from "./ParkedList";
import { SpeedDialList } from "./SpeedDialList";

const SHOWN = 5;

/** A number (`begun`: what is in the field at first) by keys or by pasting, what is shown to whom is called, and the numbers called last. Enter in the empty field calls the last one again. */
export function DialForm({ onDial, onDone = () => undefined, begun = "" }: { onDial: (to: string, callerId?: string, projectId?: string) => void; onDone?: () => void; begun?: string }) {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  const [text, setText] = useState(begun);
  const [callerId, setCallerId] = useState<string | null>(null);
  const to = text ? dialable(text, country) : null;
  const [project, setProject] = useState<string | null>(null);
  const [asked] = useDebouncedValue(to, 250);
  const last = useQuery(lastDialledQuery).data ?? [];
  const mine = useQuery(callerIdsQuery(asked, project)).data;
  const allowed = to && mine?.may_choose ? mine.numbers : [];
  const again = text === "" ? last[0]?.number : undefined;
  const place = () => {
    const number = to ?? again;
    if (number) onDial(number, callerId !== null && allowed.includes(callerId) ? callerId : undefined, project ?? undefined);
  };
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      place();
    }}>
      <TextInput
        label={t("dial.number")} type="tel" autoFocus data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} description={to ? phoneText(to, country) : t("dial.hint")}
        error={text && !to ? t("dial.invalid") : undefined} inputWrapperOrder={["label", "input", "description", "error"]}
        rightSection={text ? <ActionIcon size={28} aria-label={t("dial.erase")} onClick={() => setText(text.slice(0, -1))}><IconBackspace size={16} /></ActionIcon> : null}
      />
      {allowed.length > 1 && (
        <Select mt="xs" label={t("dial.show")} placeholder={t("dial.showByRule")} clearable value={callerId} onChange={setCallerId} comboboxProps={{ withinPortal: false }} data={allowed.map((one) => ({ value: one, label: phoneText(one, country) }))} />
      )}
      {to && mine && mine.projects.length > 0 && (
        <Select mt="xs" label={t("dial.project")} placeholder={t("dial.projectOfCustomer")} clearable value={project} onChange={setProject} comboboxProps={{ withinPortal: false }} data={mine.projects.map((one) => ({ value: one.id, label: one.name }))} />
      )}
      {to && mine && <ShownAs mine={mine} chosen={callerId !== null && allowed.includes(callerId) ? callerId : null} />}
      <Keypad onKey={(digit) => setText((before) => before + digit)} />
      <Group mt="sm"><Button type="submit" fullWidth disabled={!to && !again} leftSection={<IconPhone size={17} />}>{again ? t("dial.again", { number: phoneText(again, country) }) : t("dial.call")}</Button></Group>
      <ParkedList onDone={onDone} />
      <SpeedDialList onDial={onDial} />
      {last.length > 0 && (
        <section className={classes.last} aria-label={t("dial.last")}>
          <h3><IconHistory size={15} aria-hidden /> {t("dial.last")}</h3>
          <ul>
            {last.slice(0, SHOWN).map((one) => (
              <li key={one.number}><button type="button" onClick={() => onDial(one.number)}><VisuallyHidden>{t("dial.call")} </VisuallyHidden><span className="td-clip">{one.name || phoneText(one.number, country)}</span>{one.name && <span className="td-muted td-num">{phoneText(one.number, country)}</span>}</button></li>
            ))}
          </ul>
        </section>
      )}
    </form>
  );
}
