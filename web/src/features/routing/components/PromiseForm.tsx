import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { instantIn } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { queueNamesQuery, usePromise } from "../api/callbacks";
import classes from "./Callbacks.module.css";

/** A promise to call somebody: mine, or one of a queue. Sent twice it is the same promise. */
export function PromiseForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const me = useSession();
  const queues = useQuery(queueNamesQuery).data ?? [];
  const promise = usePromise();
  const [id] = useState(() => crypto.randomUUID());
  const [number, setNumber] = useState("");
  const [queue, setQueue] = useState("");
  const [when, setWhen] = useState("");
  const [note, setNote] = useState("");
  return (
    <form
      className={`td-card ${classes.form}`}
      onSubmit={(event) => {
        event.preventDefault();
        promise.mutate({ id, number, queue_id: queue || null, due_at: instantIn(when, me.user.time_zone), note }, {
          onSuccess: () => {
            notice(t("callback.saved"));
            onDone();
          },
        });
      }}
    >
      <TextInput required type="tel" label={t("callback.number")} value={number} onChange={(event) => setNumber(event.currentTarget.value)} autoFocus />
      <Select label={t("callback.queue")} value={queue} onChange={(value) => setQueue(value ?? "")} allowDeselect={false}
        data={[{ value: "", label: t("callback.me") }, ...queues.map((one) => ({ value: one.id, label: one.name }))]} />
      <TextInput required={queue === ""} type="datetime-local" label={t("callback.when")} value={when} onChange={(event) => setWhen(event.currentTarget.value)} />
      <TextInput label={t("callback.note")} maxLength={2000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      <Button type="submit" loading={promise.isPending}>{t("callback.save")}</Button>
      <ProblemNote error={promise.error} />
    </form>
  );
}
