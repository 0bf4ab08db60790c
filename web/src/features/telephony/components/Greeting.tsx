import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconMicrophone, IconPlayerStopFilled, IconUpload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { url } from "@/shared/api/client";
import type { VoicemailBox } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { useBox } from "../api/voicemails";
import { recordWav } from "./recordWav";

const LONGEST_S = 110;

/** What my callers hear before the tone: the usual sentence, or what I record or upload. */
export function Greeting({ box }: { box: VoicemailBox }) {
  const { t } = useTranslation();
  const { greet, usual } = useBox(null);
  const stop = useRef<(() => Promise<Blob>) | null>(null);
  const [seconds, setSeconds] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  const [take, setTake] = useState(0);
  const keep = (sound: Blob | null) => sound && greet.mutate(sound, { onSuccess: () => setTake((before) => before + 1) });
  const end = async () => {
    const finish = stop.current;
    stop.current = null;
    setSeconds(null);
    if (finish) keep(await finish());
  };
  const begin = async () => {
    setFailed(false);
    greet.reset();
    try {
      stop.current = await recordWav();
      setSeconds(0);
      const taken = stop.current;
      setTimeout(() => stop.current === taken && void end(), LONGEST_S * 1000);
    } catch {
      setFailed(true);
    }
  };
  const recording = seconds !== null;
  useEffect(() => {
    if (!recording) return;
    const timer = setInterval(() => setSeconds((before) => (before === null ? null : before + 1)), 1000);
    return () => clearInterval(timer);
  }, [recording]);
  useEffect(() => () => void stop.current?.(), []);
  return (
    <Stack gap={8}>
      <Text fw={500}>{t("box.greeting")}</Text>
      {box.greeting_s === null ? <Text size="sm" c="dimmed">{t("box.greetingUsual")}</Text>
        : <audio key={`${take}-${box.greeting_s}`} controls preload="none" src={url("/phone/voicemail/greeting", { take })} aria-label={t("box.greetingOwn")} />}
      <Group gap={8}>
        {recording ? <Button color="red.9" leftSection={<IconPlayerStopFilled size={16} />} onClick={() => void end()}>{t("box.stop", { seconds })}</Button>
          : <Button variant="default" loading={greet.isPending} leftSection={<IconMicrophone size={16} />} onClick={() => void begin()}>{t("box.record")}</Button>}
        <FileButton accept="audio/*" onChange={keep}>
          {(props) => <Button {...props} variant="default" disabled={recording || greet.isPending} leftSection={<IconUpload size={16} />}>{t("box.upload")}</Button>}
        </FileButton>
        {box.greeting_s !== null && <Button variant="subtle" disabled={recording} loading={usual.isPending} leftSection={<IconArrowBackUp size={16} />} onClick={() => usual.mutate()}>{t("box.greetingBack")}</Button>}
      </Group>
      {failed && <Text size="sm" c="red" role="alert">{t("box.noMicrophone")}</Text>}
      <ProblemNote error={greet.error ?? usual.error} />
    </Stack>
  );
}
