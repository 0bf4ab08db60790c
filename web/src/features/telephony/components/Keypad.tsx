import { Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Keypad.module.css";

const KEYS: [string, string][] = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""],
];

/** Keys by pointer or by typing; what was pressed is shown, since tones are not heard by whoever sends them. */
export function Keypad({ onKey }: { onKey: (digit: string) => void }) {
  const { t } = useTranslation();
  const [pressed, setPressed] = useState("");
  const press = (digit: string) => {
    setPressed((before) => (before + digit).slice(-16));
    onKey(digit);
  };
  return (
    <div
      role="group" aria-label={t("call.keypad")} onKeyDown={(event) => {
        if (/^[0-9*#]$/.test(event.key)) {
          event.preventDefault();
          press(event.key);
        }
      }}
    >
      <Text className={classes.shown} aria-live="polite">{pressed || " "}</Text>
      <div className={classes.keys}>
        {KEYS.map(([digit, letters]) => (
          <button key={digit} type="button" className={classes.key} onClick={() => press(digit)}>
            {digit}
            <small>{letters || " "}</small>
          </button>
        ))}
      </div>
    </div>
  );
}
