import { Alert, Button, Group, Select, Stack } from "@mantine/core";
import { IconMicrophoneOff, IconVolume } from "@tabler/icons-react";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { canCapture, chosenDevice, chooseDevice, type DeviceRole } from "../softphone/audio";
import { startRinging, stopRinging } from "../softphone/ringer";
import { LevelMeter } from "./LevelMeter";
import { useMicrophoneHelp } from "./useMicrophoneHelp";
import "@/shared/i18n/exchange";

const KINDS: Record<DeviceRole, MediaDeviceKind> = { microphone: "audioinput", speaker: "audiooutput", ringer: "audiooutput" };
const ROLES = ["microphone", "speaker", "ringer"] as const;

export function DeviceSettings() {
  const { t } = useTranslation();
  const help = useMicrophoneHelp();
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [chosen, setChosen] = useState(() => Object.fromEntries(ROLES.map((role) => [role, chosenDevice(role)])) as Record<DeviceRole, string>);
  const [problem, setProblem] = useState<string | null>(canCapture() ? null : "SecurityError");
  const list = useCallback(() => {
    if (canCapture()) void navigator.mediaDevices.enumerateDevices().then(setDevices);
  }, []);
  const micAnswered = useCallback((name: string | null) => {
    setProblem(name);
    // Names are given only after the permission: list again.
    if (name === null) list();
  }, [list]);
  useEffect(() => {
    list();
    if (!canCapture()) return undefined;
    navigator.mediaDevices.addEventListener("devicechange", list);
    return () => navigator.mediaDevices.removeEventListener("devicechange", list);
  }, [list]);
  const choose = (role: DeviceRole, id: string) => {
    chooseDevice(role, id);
    setChosen((before) => ({ ...before, [role]: id }));
  };
  const tryRing = () => {
    startRinging();
    setTimeout(stopRinging, 2500);
  };
  return (
    <Stack gap="sm">
      {problem && <Alert color="red" variant="light" icon={<IconMicrophoneOff size={18} />} role="alert" c="var(--td-text)">{help(problem)}</Alert>}
      {ROLES.map((role) => (
        <div key={role}>
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <Select
              flex={1} label={t(`device.${role}`)} value={chosen[role]} allowDeselect={false} onChange={(id) => choose(role, id ?? "")}
              data={[
                { value: "", label: t("device.default") },
                ...devices
                  .filter((device) => device.kind === KINDS[role] && device.deviceId && device.deviceId !== "default")
                  .map((device, index) => ({ value: device.deviceId, label: device.label || `${t(`device.${role}`)} ${index + 1}` })),
              ]}
            />
            {role === "ringer" && <Button variant="default" h={36} leftSection={<IconVolume size={16} />} onClick={tryRing}>{t("device.try")}</Button>}
          </Group>
          {role === "microphone" && canCapture() && <LevelMeter device={chosen.microphone} onError={micAnswered} />}
        </div>
      ))}
    </Stack>
  );
}
