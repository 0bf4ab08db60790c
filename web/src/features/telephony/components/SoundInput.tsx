import { Button, FileInput, Group, Stack, Text } from "@mantine/core";
import { IconMicrophone, IconPlayerStopFilled } from "@tabler/icons-react";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/sound";
import { useTake } from "./useTake";

interface Props { label: string; hint: string; value: Blob | null; error?: string; /** So long a recording may be, at most. */ longestS?: number; onChange: (sound: Blob | null, name: string) => void }

/** A sound from a file; with `longestS` also from the microphone, to be heard before it is kept. */
export function SoundInput({ label, hint, value, error, longestS, onChange }: Props) {
  const { t } = useTranslation();
  const { seconds, failed, begin, end } = useTake((sound) => onChange(sound, ""), longestS ?? 0);
  const file = value instanceof File ? value : null;
  const recorded = useMemo(() => (value && !(value instanceof File) ? URL.createObjectURL(value) : null), [value]);
  useEffect(() => () => { if (recorded) URL.revokeObjectURL(recorded); }, [recorded]);
  return (
    <Stack gap={6}>
      <FileInput label={label} description={hint} accept="audio/*" clearable value={file} error={error} disabled={seconds !== null} onChange={(next) => onChange(next, next?.name ?? "")} />
      {longestS && (
        <Group gap={8}>
          {seconds !== null ? <Button color="red" leftSection={<IconPlayerStopFilled size={16} />} onClick={end}>{t("sound.stop", { seconds })}</Button>
            : <Button variant="default" leftSection={<IconMicrophone size={16} />} onClick={begin}>{t(recorded ? "sound.again" : "sound.record")}</Button>}
          {recorded && seconds === null && <audio controls src={recorded} aria-label={t("sound.recorded")} style={{ height: 34, flex: 1, minWidth: 200 }} />}
        </Group>
      )}
      {failed && <Text size="sm" c="red" role="alert">{t("sound.noMicrophone")}</Text>}
    </Stack>
  );
}
