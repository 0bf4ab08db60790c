import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconMicrophone, IconPlayerStopFilled, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { url } from "@/shared/api/client";
import type { VoicemailBox } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { useBox } from "../api/voicemails";
import { useTake } from "./useTake";

const LONGEST_S = 110;

/** What my callers hear before the tone: the usual sentence, or what I record or upload. */
export function Greeting({ box }: { box: VoicemailBox }) {
  const { t } = useTranslation();
  const { greet, usual } = useBox(null);
  const [take, setTake] = useState(0);
  const keep = (sound: Blob | null) => sound && greet.mutate(sound, { onSuccess: () => setTake((before) => before + 1) });
  const { seconds, failed, begin, end } = useTake(keep, LONGEST_S);
  const recording = seconds !== null;
  return (
    <Stack gap={8}>
      <Text fw={500}>{t("box.greeting")}</Text>
      {box.greeting_s === null ? <Text size="sm" c="dimmed">{t("box.greetingUsual")}</Text>
        : <audio key={`${take}-${box.greeting_s}`} controls preload="none" src={url("/phone/voicemail/greeting", { take })} aria-label={t("box.greetingOwn")} />}
      <Group gap={8}>
        {recording ? <Button color="red.9" leftSection={<IconPlayerStopFilled size={16} />} onClick={end}>{t("box.stop", { seconds })}</Button>
          : <Button variant="default" loading={greet.isPending} leftSection={<IconMicrophone size={16} />} onClick={() => { greet.reset(); begin(); }}>{t("box.record")}</Button>}
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
