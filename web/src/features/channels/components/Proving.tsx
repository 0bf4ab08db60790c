import { Input, SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";

const HOW = ["off", "optional", "enforced"] as const;

/** Whether the site's server signs who writes, with what that means for the others. */
export function Proving({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const how = HOW.find((one) => one === value) ?? "off";
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <div style={{ marginTop: 6 }}><SegmentedControl aria-label={label} value={how} onChange={onChange} data={HOW.map((one) => ({ value: one, label: t(`admin.widgets.identity.${one}`) }))} /></div>
      <p className="td-muted" style={{ margin: "4px 0 0", fontSize: 13 }} aria-live="polite">{t(`admin.widgets.identity.${how}Hint`)}</p>
    </Input.Wrapper>
  );
}
