import "@/shared/i18n/together";
import { Button, Popover, SegmentedControl } from "@mantine/core";
import { IconEar, IconEarOff, IconPhoneIncoming } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Watch } from "@/shared/api/types";
import { useActions } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { stateStyle } from "@/shared/components/StateBadge";
import { may, useSession } from "@/shared/session";
import { useTakeOver, useWatch } from "../api/watch";
import classes from "./Together.module.css";

const MODES = ["listen", "whisper", "join"] as const;

/** Always in sight while I listen to somebody's call: who hears me, and the ways out. */
export default function WatchBar({ watch }: { watch: Watch }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const me = useSession();
  const wish = useWatch();
  const takeOver = useTakeOver();
  const failed = { onError: (error: unknown) => notice(describe(error), "bad") };
  const modes = MODES.filter((mode) => mode !== "join" || may(me, "calls.join"));
  const ringing = watch.state === "ringing";
  const setMode = (mode: (typeof MODES)[number]) => wish.mutate({ mode }, failed);
  const stop = () => wish.mutate({ stop: true }, failed);
  useActions([
    ...modes.map((mode, index) => (ringing ? null : { id: `watch.${mode}`, name: `${t("watch.mode")}: ${t(`watch.mode.${mode}`)}`, section: "call" as const, hotkey: `Alt+${index + 1}`, perform: () => setMode(mode) })),
    { id: "watch.stop", name: t("watch.stop"), section: "call", hotkey: "Alt+X", perform: stop },
  ]);
  return (
    <section className={classes.bar} style={stateStyle("talking")} aria-label={t("watch.of", { name: watch.agent.name })}>
      <IconEar size={18} aria-hidden />
      <span className={classes.sentence} role="status">{t("watch.of", { name: watch.agent.name })}</span>
      {(watch.call.peer.name ?? watch.call.peer.national) && <span className="td-muted td-clip">{t("watch.with", { name: watch.call.peer.name ?? watch.call.peer.national })}</span>}
      {ringing ? <span className="td-muted">{t("watch.ringing")}</span> : <Elapsed since={watch.began_at} />}
      <span className={classes.grow} />
      <span className={classes.choice}>
        <span className="td-muted" aria-hidden>{t("watch.mode")}:</span>
        <SegmentedControl
          aria-label={t("watch.mode")} value={watch.mode} disabled={ringing || wish.isPending} onChange={(mode) => setMode(mode)}
          data={modes.map((mode) => ({ value: mode, label: t(`watch.mode.${mode}`) }))}
        />
      </span>
      <span className={classes.deeds}>
        {may(me, "calls.join") && (
          <Popover position="bottom-end" trapFocus returnFocus>
            <Popover.Target><Button variant="default" disabled={ringing} leftSection={<IconPhoneIncoming size={17} />}>{t("watch.takeOver")}</Button></Popover.Target>
            <Popover.Dropdown maw={300}>
              <p style={{ marginTop: 0 }}>{t("watch.takeOverEffect", { name: watch.agent.name })}</p>
              <Button fullWidth loading={takeOver.isPending} onClick={() => takeOver.mutate(undefined, failed)}>{t("watch.takeOver")}</Button>
            </Popover.Dropdown>
          </Popover>
        )}
        <Button color="red" variant="light" leftSection={<IconEarOff size={17} />} onClick={stop}>{t("watch.stop")}</Button>
      </span>
    </section>
  );
}
