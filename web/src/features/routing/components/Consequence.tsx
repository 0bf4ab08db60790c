import { Checkbox, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Assignment, Disposition } from "@/shared/api/types";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import type { Typed } from "./useDraft";

/** What choosing the result does when the contact is ended, in words, and a way to leave it out this time. */
export function Consequence({ row, chosen, draft, error, onChange }: { row: Assignment; chosen: Disposition; draft: Typed; error: string | undefined; onChange: (part: Partial<Typed>) => void }) {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  if (!chosen.consequence || !row.number || row.direction === "internal") return null;
  const values = { number: phoneText(row.number.e164, country), count: chosen.consequence_days ?? 0 };
  const label = chosen.consequence === "callback" ? t("result.callsAgain", values) : t(chosen.consequence_days ? "result.blocksFor" : "result.blocks", values);
  return (
    <>
      <Checkbox label={label} description={t("result.atTheEnd")} checked={!draft.no_consequence} onChange={(event) => onChange({ no_consequence: !event.currentTarget.checked })} />
      {chosen.consequence === "callback" && !draft.no_consequence && (
        <TextInput required type="datetime-local" label={t("result.when")} error={error} value={draft.callback_at} onChange={(event) => onChange({ callback_at: event.currentTarget.value })} />
      )}
    </>
  );
}
