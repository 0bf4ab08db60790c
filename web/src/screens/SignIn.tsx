import { Group, Text, Title, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { meQuery } from "@/features/people/api/session";
import { SignInForm } from "@/features/people/components/SignInForm";
import { usePageTitle } from "@/shared/components/title";
import { LOCALE_NAMES, LOCALES, setLocale } from "@/shared/i18n";
import classes from "./SignIn.module.css";

export function SignIn() {
  const { t, i18n } = useTranslation();
  const me = useQuery(meQuery).data;
  const { next } = useSearch({ from: "/sign-in" });
  usePageTitle(t("signIn.title"));
  if (me) return <Navigate to={next ?? "/workspace"} replace />;
  return (
    <main className={classes.screen}>
      <div className={classes.panel}>
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <Title order={1} mt="md" fz={24}>{t("signIn.title")}</Title>
        <Text c="dimmed" mb="lg">{t("signIn.lead")}</Text>
        <SignInForm />
        <Group gap="md" mt="xl" component="nav" aria-label={t("signIn.language")}>
          {LOCALES.map((locale) => (
            <UnstyledButton
              key={locale} lang={locale} className={classes.language} aria-current={i18n.language === locale || undefined}
              onClick={() => void setLocale(locale)}
            >
              {LOCALE_NAMES[locale]}
            </UnstyledButton>
          ))}
        </Group>
      </div>
    </main>
  );
}
