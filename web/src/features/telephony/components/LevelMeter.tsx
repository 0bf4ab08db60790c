import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { measure, openMicrophone } from "../softphone/audio";
import classes from "./Devices.module.css";
import "@/shared/i18n/exchange";

/** The microphone's loudness, live, drawn without rendering. `onError` gets the browser's reason. */
export function LevelMeter({ device, onError }: { device: string; onError: (name: string | null) => void }) {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stop: () => void = () => undefined;
    let gone = false;
    openMicrophone().then(
      (stream) => {
        if (gone) return stream.getTracks().forEach((track) => track.stop());
        onError(null);
        const end = measure(stream, (level) => bar.current?.style.setProperty("--level", String(level)));
        stop = () => {
          end();
          stream.getTracks().forEach((track) => track.stop());
        };
      },
      (error: unknown) => !gone && onError(error instanceof DOMException ? error.name : "Error"),
    );
    return () => {
      gone = true;
      stop();
    };
  }, [device, onError]);
  return <div ref={bar} className={classes.meter} role="img" aria-label={t("device.level")} />;
}
