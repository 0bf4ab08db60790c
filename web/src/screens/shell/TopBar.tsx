import { ActionIcon, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { IconHelp, IconLogout, IconSearch, IconSettings2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSignOut } from "@/features/people/api/session";
import { PresencePill } from "@/features/people/components/PresencePill";
import { callQuery } from "@/features/telephony/api/calls";
import { DialPad } from "@/features/telephony/components/DialPad";
import { useReadyCheck } from "@/features/telephony/components/useReadyCheck";
import { keyText } from "@/shared/actions/registry";
import { useSession } from "@/shared/session";
import classes from "./Shell.module.css";
import { openSearch } from "./SearchGate";
import { openHelp } from "./HelpGate";

const initials = (name: string): string => name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => word.slice(0, 1).toLocaleUpperCase()).join("");

export function TopBar() {
  const { t } = useTranslation();
  const me = useSession();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const call = useQuery(callQuery).data;
  const { beforeReady, dialog } = useReadyCheck();
  return (
    <header className={classes.top}>
      <PresencePill beforeReady={beforeReady} onCall={call ? (call.state === "held" ? "hold" : "talking") : null} />
      {dialog}
      <UnstyledButton className={classes.search} onClick={openSearch}>
        <IconSearch size={17} aria-hidden />
        <span className="td-clip">{t("search.title")}</span>
        <kbd>{keyText("Mod+K")}</kbd>
      </UnstyledButton>
      <div className={classes.tools}>
        <DialPad />
        <Tooltip label={`${t("help.open")} (?)`}>
          <ActionIcon size={36} aria-label={t("help.open")} className={classes.wideOnly} onClick={openHelp}><IconHelp size={20} /></ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <UnstyledButton className={classes.me}><span className="td-visually-hidden">{me.user.name} </span><span aria-hidden className={classes.initials}>{initials(me.user.name)}</span></UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{me.user.name} · {me.tenant.name}{me.user.extension ? ` · ${me.user.extension}` : ""}</Menu.Label>
            <Menu.Item leftSection={<IconSettings2 size={17} />} onClick={() => void navigate({ to: "/me" })}>{t("nav.me")}</Menu.Item>
            <Menu.Item leftSection={<IconHelp size={17} />} onClick={openHelp}>{t("help.open")}</Menu.Item>
            <Menu.Divider />
            {call && <Menu.Label>{t("me.signOutCall")}</Menu.Label>}
            <Menu.Item leftSection={<IconLogout size={17} />} onClick={() => signOut.mutate()}>{t("me.signOut")}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}
