import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import { useProblemText } from "@/shared/components/Feedback";
import { durationText } from "@/shared/format/time";
import { useSignIn } from "../api/session";

export function SignInForm() {
  const { t, i18n } = useTranslation();
  const signIn = useSignIn();
  const describe = useProblemText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({});

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const empty = { email: email.trim() ? undefined : t("signIn.required"), password: password ? undefined : t("signIn.required") };
    setMissing(empty);
    if (!empty.email && !empty.password) signIn.mutate({ email: email.trim(), password });
  };

  const explain = (error: unknown): string => {
    if (error instanceof Problem && error.code === "wrong_credentials") return t("signIn.wrong");
    if (error instanceof Problem && error.status === 423) {
      return t("signIn.locked", { time: durationText(error.retryAfter ?? 60, i18n.language) });
    }
    return describe(error);
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {signIn.error && <Alert color="red" variant="light" role="alert" c="var(--td-text)">{explain(signIn.error)}</Alert>}
        <TextInput
          label={t("signIn.email")} type="email" autoComplete="username" autoFocus size="md" value={email} error={missing.email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("signIn.password")} autoComplete="current-password" size="md" value={password} error={missing.password}
          onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("signIn.show"), tabIndex: 0 }}
        />
        <Button type="submit" size="md" loading={signIn.isPending} mt="xs">{t("signIn.submit")}</Button>
      </Stack>
    </form>
  );
}
