import { IconPhoneOff } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { DialForm } from "@/features/telephony/components/DialForm";
import { EmptyState } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { linkedNumber } from "@/shared/format/phone";
import { useDial } from "@/shared/session";

/** Where a phone link of another page leads. It only fills in the number: a page must not make somebody call. */
export function DialScreen() {
  const { t } = useTranslation();
  const dial = useDial();
  const go = useNavigate();
  const { to = "" } = useSearch({ from: "/shell/dial" });
  return (
    <Page title={t("dial.title")}>
      {dial ? (
        <div className="td-card" style={{ padding: 20, maxWidth: 320 }}>
          <DialForm key={to} begun={linkedNumber(to)} onDial={(...call) => {
            dial(...call);
            void go({ to: "/workspace" });
          }} />
        </div>
      ) : <EmptyState icon={<IconPhoneOff size={28} aria-hidden />} title={t("dial.notYours")} />}
    </Page>
  );
}
