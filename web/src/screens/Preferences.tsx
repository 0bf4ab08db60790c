import "@/shared/i18n/admin";
import { Button, PasswordInput, SegmentedControl, Select, SimpleGrid, Stack, Text, Title, useMantineColorScheme } from "@mantine/core";
import { IconCircleCheck, IconPhoneOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangePassword, usePreferences } from "@/features/people/api/session";
import { phoneQuery, useRingOn } from "@/features/telephony/api/phone";
import { ApiTokens } from "@/features/people/components/ApiTokens";
import { DeviceSettings } from "@/features/telephony/components/DeviceSettings";
import { Problem } from "@/shared/api/problem";
import type { Locale, RingOn, ThemeChoice } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { Page } from "@/shared/components/Page";
import { timeZones } from "@/shared/format/zones";
import { LOCALE_NAMES, LOCALES, setLocale } from "@/shared/i18n";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/admin";
import "@/shared/i18n/exchange";

const SpeedDials = lazy(async () => ({ default: (await import("@/features/telephony/components/SpeedDials")).SpeedDials }));
const PhoneLinks = lazy(async () => ({ default: (await import("@/features/telephony/components/PhoneLinks")).PhoneLinks }));
const Forwarding = lazy(async () => ({ default: (await import("@/features/telephony/components/Forwarding")).Forwarding }));

const VoicemailBox = lazy(async () => ({ default: (await import("@/features/telephony/components/VoicemailBox")).VoicemailBox }));

function Password() {
  const { t } = useTranslation();
  const change = useChangePassword();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const fields = change.error instanceof Problem ? change.error.fields : {};
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      change.mutate({ current, new: next }, { onSuccess: () => {
        notice(t("me.passwordChanged"));
        setCurrent("");
        setNext("");
      } });
    }}>
      <Stack gap="sm">
        <PasswordInput label={t("me.passwordCurrent")} autoComplete="current-password" value={current} error={fields["current"]} onChange={(event) => setCurrent(event.currentTarget.value)} />
        <PasswordInput label={t("me.passwordNew")} description={t("me.passwordHint")} autoComplete="new-password" value={next} error={fields["new"]} onChange={(event) => setNext(event.currentTarget.value)} />
        {change.error && Object.keys(fields).length === 0 && <ProblemNote error={change.error} />}
        <Button type="submit" variant="default" loading={change.isPending} disabled={!current || !next}>{t("me.password")}</Button>
      </Stack>
    </form>
  );
}

export function Preferences() {
  const { t } = useTranslation();
  const me = useSession();
  const save = usePreferences();
  const phone = useQuery(phoneQuery).data;
  const ring = useRingOn();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const themes = (["light", "dark", "auto"] as const).map((value) => ({ value, label: t(`me.theme.${value}`) }));
  const rings = (["browser", "phone", "both"] as const).map((value) => ({ value, label: t(`device.ringOn.${value}`) }));
  return (
    <Page title={t("nav.me")}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <section className="td-card" style={{ padding: 20 }}>
            <Title order={2} mb="sm">{t("device.title")}</Title>
            <DeviceSettings />
            {phone && (
              <Stack gap={6} mt="md">
                <Text fw={500} id="ring-on">{t("device.ringOn")}</Text>
                <SegmentedControl aria-labelledby="ring-on" value={phone.ring_on} data={rings} onChange={(value) => ring.mutate(value as RingOn)} />
                {phone.devices.filter((one) => one.kind === "sip").map((one) => (
                  <Text key={one.id} c={one.registered ? "var(--ready)" : "dimmed"} style={{ overflowWrap: "anywhere" }}>
                    {one.registered ? <IconCircleCheck size={15} aria-hidden style={{ verticalAlign: "-2px" }} /> : <IconPhoneOff size={15} aria-hidden style={{ verticalAlign: "-2px" }} />} {t("device.ringOn.phone")} <code>{one.sip_user}</code>: {t(one.registered ? "desk.registered" : "desk.notRegistered")}
                  </Text>
                ))}
                {phone.ring_on !== "browser" && !phone.devices.some((one) => one.kind === "sip") && <Text c="var(--td-danger)">{t("device.noDeskPhone")}</Text>}
                {phone.extension && <Text c="dimmed">{t("device.extension")}: {phone.extension}</Text>}
                <ProblemNote error={ring.error} />
                {may(me, "calls.take") && <Suspense fallback={null}><PhoneLinks /></Suspense>}
              </Stack>
            )}
          </section>
          {me.user.extension && (
            <section className="td-card" style={{ padding: 20 }}>
              <Suspense fallback={null}><Forwarding /></Suspense>
            </section>
          )}
          {me.user.extension && (
            <section className="td-card" style={{ padding: 20 }}>
              <Suspense fallback={null}><VoicemailBox /></Suspense>
            </section>
          )}
          {phone && (
            <section className="td-card" style={{ padding: 20 }}>
              <Suspense fallback={null}><SpeedDials /></Suspense>
            </section>
          )}
        </Stack>
        <Stack gap="lg">
          <section className="td-card" style={{ padding: 20 }}>
            <Title order={2} mb="sm">{t("me.preferences")}</Title>
            <Stack gap="sm">
              <Select label={t("signIn.language")} allowDeselect={false} value={me.user.locale} data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} onChange={(value) => {
                void setLocale(value as Locale);
                save.mutate({ locale: value as Locale });
              }} />
              <div>
                <Text fw={500} id="theme" mb={4}>{t("me.theme")}</Text>
                <SegmentedControl fullWidth aria-labelledby="theme" value={colorScheme} data={themes} onChange={(value) => {
                  setColorScheme(value as ThemeChoice);
                  save.mutate({ theme: value as ThemeChoice });
                }} />
              </div>
              <Select label={t("me.timeZone")} searchable allowDeselect={false} value={me.user.time_zone} data={timeZones()} limit={50} onChange={(zone) => zone && save.mutate({ time_zone: zone })} />
              <ProblemNote error={save.error} />
            </Stack>
          </section>
          <section className="td-card" style={{ padding: 20 }}>
            <Title order={2} mb="sm">{t("me.password")}</Title>
            <Password />
          </section>
          {may(me, "tokens.edit") && (
            <section className="td-card" style={{ padding: 20 }}>
              <Title order={2} mb="sm">{t("admin.tokens")}</Title>
              <ApiTokens of="own" />
            </section>
          )}
        </Stack>
      </SimpleGrid>
    </Page>
  );
}
