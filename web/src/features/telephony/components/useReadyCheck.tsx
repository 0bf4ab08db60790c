import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRealtime } from "@/shared/realtime/context";
import { soon } from "@/shared/later";
import { phoneQuery } from "../api/phone";
import { canCapture, openMicrophone, soundAllowed } from "../softphone/audio";
import { useSoftphone } from "../softphone/context";
import type { Check } from "./ReadyDialog";
import { useMicrophoneHelp } from "./useMicrophoneHelp";

const ReadyDialog = soon(async () => (await import("./ReadyDialog")).ReadyDialog);

/** Before an agent becomes ready: would the next call be heard? Silent while all is well. */
export function useReadyCheck(): { beforeReady: () => Promise<boolean>; dialog: React.ReactNode } {
  const { t } = useTranslation();
  const microphoneHelp = useMicrophoneHelp();
  const queries = useQueryClient();
  const phone = useSoftphone();
  const link = useRealtime();
  const [checks, setChecks] = useState<Check[] | null>(null);
  const decide = useRef<((go: boolean) => void) | null>(null);

  const microphone = async (): Promise<string | null> => {
    if (!canCapture()) return "SecurityError";
    try {
      (await openMicrophone()).getTracks().forEach((track) => track.stop());
      return null;
    } catch (error) {
      return error instanceof DOMException ? error.name : "Error";
    }
  };

  const look = async (): Promise<Check[]> => {
    const connection: Check = { name: "connection", ok: link.state === "live" || link.state === "polling", help: t("check.connectionHelp") };
    // Asked anew: a team leader may have given other queues meanwhile.
    const account = await queries.fetchQuery({ ...phoneQuery, staleTime: 0 }).catch(() => queries.getQueryData(phoneQuery.queryKey));
    if (account?.queued === false) return [{ name: "sound", ok: await soundAllowed(), help: t("check.soundHelp") }, connection];
    if (account?.ring_on === "phone") {
      const ok = account.devices.some((device) => device.kind === "sip" && device.registered);
      return [{ name: "registration", ok, help: t("check.deskPhoneHelp") }, connection];
    }
    const [broken, sound] = await Promise.all([microphone(), soundAllowed()]);
    return [
      { name: "microphone", ok: broken === null, help: broken ? microphoneHelp(broken) : "" },
      { name: "sound", ok: sound, help: t("check.soundHelp") },
      { name: "registration", ok: phone?.snapshot().registration === "registered", help: t("check.registrationHelp") },
      connection,
    ];
  };

  const beforeReady = async (): Promise<boolean> => {
    // The question belongs to a click, the only moment at which browsers answer it.
    if (typeof Notification !== "undefined" && Notification.permission === "default") void Notification.requestPermission();
    const found = await look();
    if (found.every((check) => check.ok)) return true;
    setChecks(found);
    return new Promise((resolve) => (decide.current = resolve));
  };
  const close = (go: boolean) => {
    setChecks(null);
    decide.current?.(go);
    decide.current = null;
  };
  const again = async () => {
    const found = await look();
    if (found.every((check) => check.ok)) close(true);
    else setChecks(found);
  };

  const dialog = checks && <Suspense><ReadyDialog checks={checks} onClose={close} onAgain={() => void again()} /></Suspense>;
  return { beforeReady, dialog };
}
