import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import type { FieldProps } from "@/shared/admin/types";

/** One of the centre's prompts, by its name (each has a recording per language), or the words that come with the product. */
export function PromptField({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const prompts = useQuery(refsQuery("/prompts")).data ?? [];
  const chosen = typeof value === "string" ? value : null;
  const names = [...new Set([...prompts.map((one) => one.name), ...(chosen ? [chosen] : [])])];
  return <Select label={label} description={hint} error={error} placeholder={t("admin.queues.ourWords")} clearable searchable value={chosen} onChange={onChange} data={names} />;
}
