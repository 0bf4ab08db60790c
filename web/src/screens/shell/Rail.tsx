import { Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { newVoicemailsQuery } from "@/features/telephony/api/newVoicemails";
import { keyText, useActions } from "@/shared/actions/registry";
import { useSession } from "@/shared/session";
import { sectionsFor } from "./sections";
import classes from "./Shell.module.css";

export function Rail() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const sections = sectionsFor(useSession());
  const fresh = useQuery(newVoicemailsQuery).data?.new ?? 0;
  useActions(sections.map(({ to, label, hotkey }) => ({ id: `go${to}`, name: t(label), section: "go", hotkey, perform: () => void navigate({ to }) })));
  return (
    <nav className={classes.rail} aria-label={t("nav.label")}>
      <img src="/favicon.svg" alt="Tongdai" width={32} height={32} className={classes.mark} />
      {sections.map(({ to, label, icon: Icon, hotkey, secondary }) => (
        <Tooltip key={to} label={`${t(label)} (${keyText(hotkey)})`} position="right">
          <Link to={to} className={classes.link} data-secondary={secondary || undefined} activeProps={{ "data-active": true }}>
            <Icon size={21} stroke={1.7} aria-hidden />
            <span>{t(label)}</span>
            {to === "/voicemails" && fresh > 0 && <span className={classes.count} aria-label={t("voicemail.newCount", { count: fresh })}>{fresh}</span>}
          </Link>
        </Tooltip>
      ))}
      <Menu position="top-end" width={240}>
        <Menu.Target><UnstyledButton className={`${classes.link} ${classes.phoneOnly}`}><IconDots size={21} aria-hidden /><span>{t("nav.more")}</span></UnstyledButton></Menu.Target>
        <Menu.Dropdown>
          {sections.filter((section) => section.secondary).map(({ to, label, icon: Icon }) => (
            <Menu.Item key={to} leftSection={<Icon size={17} />} onClick={() => void navigate({ to })}>{t(label)}{to === "/voicemails" && fresh > 0 ? ` (${fresh})` : ""}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
