import "@/shared/i18n/chat";
import "@/shared/i18n/together";
import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconMail, IconMessageCircle, IconPhoneIncoming } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Assignment } from "@/shared/api/types";
import { keyText, useActions } from "@/shared/actions/registry";
import { Verified } from "@/shared/components/Verified";
import { phoneText } from "@/shared/format/phone";
import { durationText } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { CountdownRing } from "./CountdownRing";
import classes from "./Offer.module.css";
import { answerText, useWho } from "@/shared/format/who";

const REASONS = ["busy", "skill", "sound"] as const;
const WRITTEN_REASONS = ["busy", "skill"] as const;

/** `lastContact` is one line about the latest time this customer was in touch; the screen knows it. */
export function OfferCard({ offer, lastContact, onAccept, onDecline }: {
  offer: Assignment;
  lastContact?: React.ReactNode;
  onAccept: () => void;
  onDecline: (reason: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const who = useWho();
  const country = useSession().tenant.country;
  const card = useRef<HTMLDivElement>(null);
  const written = offer.channel !== "voice";
  const letter = offer.channel === "email";
  const Icon = letter ? IconMail : written ? IconMessageCircle : IconPhoneIncoming;
  const kind = letter ? t("chat.channel.email") : written ? t("chat.offer") : t(`offer.${offer.direction}`);
  const acceptName = t(written ? "chat.accept" : "offer.accept");
  useActions([
    { id: "offer.accept", name: acceptName, section: "call", hotkey: "Alt+A", perform: onAccept },
    { id: "offer.decline", name: t("offer.decline"), section: "call", hotkey: "Alt+Q", perform: () => onDecline("busy") },
  ]);
  // The card takes the focus only from nobody: an agent who is typing keeps the caret.
  useEffect(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.id === "content" || active instanceof HTMLHeadingElement) card.current?.focus();
  }, [offer.id]);
  return (
    <div
      ref={card} tabIndex={0} className={classes.offer} role="group" aria-label={`${kind}: ${who(offer)}`} data-testid="offer"
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) onAccept();
      }}
    >
      <div className={classes.top}>
        <div className={classes.names}>
          <span className={classes.kind}><Icon size={16} aria-hidden /> {kind}</span>
          <strong className={`${classes.name} td-break`}>{who(offer)}</strong>
          <Verified of={offer} />
          {offer.contact?.name && offer.number && <span className="td-num td-muted">{phoneText(offer.number.e164, country)}</span>}
          {offer.contact?.company && <span className="td-muted td-clip">{offer.contact.company}</span>}
        </div>
        {offer.expires_at && <CountdownRing from={offer.offered_at} until={offer.expires_at} />}
      </div>
      {offer.callback && <p className={classes.why}><strong>{t("together.callback")}</strong>{offer.callback.note && ` · ${offer.callback.note}`}</p>}
      {offer.offered_by && <p className={classes.why}>{t(offer.party ? "together.asked" : "together.offered", { name: offer.offered_by.name })}</p>}
      <p className={classes.why}>
        {[...new Set([offer.queue?.name, ...offer.flow_answers.map((answer) => answerText(t, answer.value)), offer.waited_s >= 1 ? t("offer.waited", { time: durationText(offer.waited_s, i18n.language) }) : null])]
          .filter(Boolean).join(" · ")}
      </p>
      {offer.thread?.preview && <p className={classes.said}>{offer.thread.preview}</p>}
      {lastContact && <p className={`${classes.last} td-clip`}>{lastContact}</p>}
      <div className={classes.buttons}>
        <Button className={classes.accept} h={42} onClick={onAccept} leftSection={<Icon size={18} />}>
          {acceptName} <kbd className={classes.key}>{keyText("Alt+A")}</kbd>
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" h={42} px="sm" rightSection={<IconChevronDown size={15} />}>{t("offer.decline")}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t(written ? "chat.declineWhy" : "offer.declineWhy")}</Menu.Label>
            {(written ? WRITTEN_REASONS : REASONS).map((reason) => <Menu.Item key={reason} onClick={() => onDecline(reason)}>{t(`offer.why.${reason}`)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  );
}
