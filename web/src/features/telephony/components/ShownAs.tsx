import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallerIds } from "@/shared/api/types";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";

/** What whom I call will see, and why: "Shows 024 7300 1234: for project Green Leaf". */
export function ShownAs({ mine, chosen }: { mine: CallerIds; chosen: string | null }) {
  const { t, i18n } = useTranslation();
  const country = useSession().tenant.country;
  const number = chosen ?? (mine.because === null ? undefined : mine.numbers[0]);
  const reasons = (mine.because ?? []).map((one) => t(`dial.because.${one}`, { project: mine.project?.name ?? "" }));
  const why = chosen ? t("dial.because.chosen") : reasons.length > 0 ? new Intl.ListFormat(i18n.language).format(reasons) : t("dial.because.everybody");
  return (
    <Text size="sm" c="dimmed" mt="xs" role="status">
      {number === undefined ? t("dial.showsTrunk") : t("dial.shows", { number: phoneText(number, country), why })}
    </Text>
  );
}
