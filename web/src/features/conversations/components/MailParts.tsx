import { Button } from "@mantine/core";
import { IconAlertTriangle, IconArrowBackUp, IconArrowForwardUp, IconCheck, IconClock, IconPaperclip, IconRobot } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/mail";
import { type Mail, partyText } from "../mail";
import classes from "./Mail.module.css";

const HIGHEST = 2400;

/** Subject and addresses, over what was written. */
export function MailHead({ mail }: { mail: Mail }) {
  const { t } = useTranslation();
  const parties = (list: Mail["to"]) => list.map(partyText).join(", ");
  const { bcc = [] } = mail;
  return (
    <div className={classes.head}>
      <span className={classes.subject}>{mail.subject || t("mail.noSubject")}</span>
      <span className={classes.parties}>{t("mail.from", { who: partyText(mail.sender) })}{mail.to.length > 0 && ` · ${t("mail.to", { who: parties(mail.to) })}`}{mail.cc.length > 0 && ` · ${t("mail.cc", { who: parties(mail.cc) })}`}{bcc.length > 0 && ` · ${t("mail.bcc", { who: parties(bcc) })}`}</span>
      {mail.forwards && <span className={classes.note}><IconArrowForwardUp size={14} aria-hidden /> {t("mail.forwards", { who: partyText(mail.forwards) })}</span>}
      {mail.aside && <span className={classes.note}><IconArrowBackUp size={14} aria-hidden /> {t("mail.aside")}</span>}
    </div>
  );
}

/** As its sender wanted it to look: a document of its own, in which nothing can run. */
function Formatted({ mail, images }: { mail: Mail; images: boolean }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(160);
  const measure = () => {
    const page = frame.current?.contentDocument?.documentElement;
    if (page) setHeight(Math.min(HIGHEST, page.scrollHeight + 4));
  };
  return <iframe ref={frame} className={classes.frame} style={{ height }} title={t("mail.formattedOf", { subject: mail.subject })} sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src={`/api/v1/mails/${mail.id}/page?images=${String(images)}`} onLoad={measure} />;
}

/** What belongs to a mail that came: its formatted look, what it quotes, its files. */
export function MailFoot({ mail }: { mail: Mail }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState({ quoted: false, formatted: false, images: false });
  const toggle = (what: keyof typeof shown) => setShown((now) => ({ ...now, [what]: !now[what] }));
  const button = (what: keyof typeof shown, text: string) => <Button variant="subtle" color="gray" size="compact-sm" aria-expanded={shown[what]} onClick={() => toggle(what)}>{text}</Button>;
  if (!mail.quoted && !mail.html && mail.files.length === 0 && !mail.automatic && !mail.cut && !mail.signature) return null;
  return (
    <div className={classes.foot}>
      {mail.signature && <pre className={classes.signature}>{mail.signature}</pre>}
      {mail.automatic && <span className={classes.note}><IconRobot size={14} aria-hidden /> {t("mail.automatic")}</span>}
      {mail.cut && <span className={classes.note}><IconAlertTriangle size={14} aria-hidden /> {t("mail.cut")}</span>}
      <div className={classes.tools}>
        {mail.quoted && button("quoted", t(shown.quoted ? "mail.hideQuoted" : "mail.showQuoted"))}
        {mail.html && button("formatted", t(shown.formatted ? "mail.hideFormatted" : "mail.showFormatted"))}
        {shown.formatted && mail.images && !shown.images && button("images", t("mail.showImages"))}
      </div>
      {shown.quoted && <pre className={classes.quoted} tabIndex={0}>{mail.quoted}</pre>}
      {shown.formatted && <Formatted mail={mail} images={shown.images} />}
      {mail.files.length > 0 && <span className={classes.note}><IconPaperclip size={14} aria-hidden /> <span>{t("mail.files", { count: mail.files.length })}: {mail.files.join(", ")}</span></span>}
    </div>
  );
}

const ICONS = { queued: IconClock, sending: IconClock, sent: IconCheck, uncertain: IconAlertTriangle, failed: IconAlertTriangle, bounced: IconAlertTriangle };

/** How the delivery of one of ours goes. */
export function Delivery({ mail }: { mail: Mail }) {
  const { t } = useTranslation();
  if (mail.state === "received") return null;
  const Icon = ICONS[mail.state];
  return (
    <span className={classes.state} data-state={mail.state} role={mail.state === "failed" || mail.state === "bounced" ? "alert" : undefined}>
      <Icon size={14} aria-hidden /> {t(`mail.state.${mail.state}`)}
      {mail.problem && mail.problem !== "interrupted" && <span className={classes.why}>({mail.problem})</span>}
    </span>
  );
}
