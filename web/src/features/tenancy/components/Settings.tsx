import { Text } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ResourceForm } from "@/shared/admin/ResourceForm";
import { type Resource, resourceOf, type Row } from "@/shared/admin/types";
import { http } from "@/shared/api/client";
import type { Wanted } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import "@/shared/i18n/exchange";
import "@/shared/i18n/sound";
import { zoneOptions } from "@/shared/format/zones";

const settingsQuery = queryOptions({ queryKey: ["settings"], queryFn: () => http.get<Row>("/settings") });
const countries = ["VN", "UA", "GB", "US", "DE", "FR", "PL", "SG", "TH", "JP", "KR", "AU"];

const offered = (...channels: ("voice" | "webchat" | "email")[]) => channels.map((one) => ({ value: one, label: `admin.settings.offered.${one}` as const }));

/** The centre's own settings: one row, so its form is the page. The path has no id: `""` keeps PATCH /settings. */
const resource = (locale: string): Resource => resourceOf<Wanted["settings"]>({
  section: "settings", path: "/settings", title: "admin.settings", lead: "admin.settings.lead", create: "admin.settings", empty: "admin.settings", blank: {}, nameOf: () => "", Sentence: () => null, liveWarning: "admin.settings.live",
  fields: [
    { key: "name", label: "admin.settings.name", kind: "text", required: true },
    { key: "country", label: "admin.settings.country", hint: "admin.settings.countryHint", kind: "choice", required: true, options: countries.map((code) => ({ value: code, label: { text: new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code } })) },
    { key: "time_zone", label: "admin.settings.zone", kind: "choice", required: true, options: zoneOptions },
    { key: "locale", label: "admin.settings.locale", kind: "choice", required: true, options: LOCALES.map((one) => ({ value: one, label: { text: LOCALE_NAMES[one] } })) },
    { key: "fallback_language", label: "admin.settings.fallback", hint: "admin.settings.fallbackHint", kind: "choice", required: true, options: LOCALES.map((one) => ({ value: one, label: { text: LOCALE_NAMES[one] } })) },
    { key: "recording_retention_days", label: "admin.settings.retention", kind: "number", min: 1 },
    { key: "alert_retention_days", label: "admin.settings.alerts", kind: "number", min: 1 },
    { key: "outbound_wrap_up_s", label: "admin.settings.ownWrapUp", hint: "admin.settings.ownWrapUpHint", kind: "seconds", min: 0 },
    { key: "chats_at_once", label: "admin.settings.chats", hint: "admin.settings.chatsHint", kind: "number", min: 1 },
    { key: "emails_at_once", label: "admin.settings.emails", hint: "admin.settings.emailsHint", kind: "number", min: 1 },
    { key: "undo_email_s", label: "admin.settings.undoEmail", hint: "admin.settings.undoEmailHint", kind: "seconds", min: 0 },
    { key: "undo_chat_s", label: "admin.settings.undoChat", hint: "admin.settings.undoChatHint", kind: "seconds", min: 0 },
    { key: "beside_call", label: "admin.settings.besideCall", hint: "admin.settings.besideHint", kind: "choices", options: offered("webchat", "email") },
    { key: "beside_chat", label: "admin.settings.besideChat", hint: "admin.settings.besideHint", kind: "choices", options: offered("voice", "email") },
    { key: "beside_email", label: "admin.settings.besideEmail", hint: "admin.settings.besideEmailHint", kind: "choices", options: offered("voice", "webchat") },
    { key: "phone_keys", label: "keys.setting", hint: "keys.settingHint", kind: "switch" },
    { key: "watch_notice", label: "listened.setting", hint: "listened.settingHint", kind: "choice", required: true, options: [{ value: "off", label: "listened.off" }, { value: "tone", label: "listened.tone" }, { value: "sentence", label: "listened.sentence" }] },
    { key: "watch_notice_to", label: "listened.to", kind: "choice", required: true, options: [{ value: "both", label: "listened.both" }, { value: "agent", label: "listened.agent" }], when: (values) => values["watch_notice"] !== "off" },
  ],
});

export function Settings() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const query = useQuery(settingsQuery);
  return (
    <section style={{ maxWidth: 560 }}>
      <Text c="dimmed" mb="sm">{t("admin.settings.lead")}</Text>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : (
        <ResourceForm
          key={query.data.version} resource={resource(i18n.language)} row={{ ...query.data, id: "" }} onDone={() => {
            void queries.invalidateQueries({ queryKey: settingsQuery.queryKey });
            notice(t("common.saved"));
          }}
        />
      )}
    </section>
  );
}
