import { type ComboboxParsedItem, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Disposition, Id } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import { foldText } from "@/shared/format/text";
import { dispositionsQuery } from "../api/assignments";

/** Leaves of the tree, grouped under their branches; three letters of either find one ("del" → Late delivery). */
export function DispositionField({ queueId, value, error, onChange }: { queueId: Id | null; value: Id | null; error?: string; onChange: (row: Disposition | null) => void }) {
  const { t, i18n } = useTranslation();
  const nameOf = (row: Disposition): string => localized(row.label, i18n.language);
  const rows = useQuery(dispositionsQuery(queueId)).data ?? [];
  const parents = new Set(rows.map((row) => row.parent_id));
  const path = (row: Disposition): string => {
    const parent = rows.find((other) => other.id === row.parent_id);
    return parent ? `${path(parent)}${nameOf(parent)}` : "";
  };
  const leaves = rows.filter((row) => !parents.has(row.id));
  const groups = new Map<string, { value: Id; label: string }[]>();
  for (const leaf of leaves) {
    const group = path(leaf);
    groups.set(group, [...(groups.get(group) ?? []), { value: leaf.id, label: nameOf(leaf) }]);
  }
  return (
    // Without selectFirstOptionOnDropdownOpen, Mantine forgets the highlighted option in a timer that a fast typist overtakes.
    <Select
      label={t("disposition.label")} placeholder={t("disposition.placeholder")} searchable clearable allowDeselect={false} selectFirstOptionOnChange selectFirstOptionOnDropdownOpen value={value} error={error} nothingFoundMessage={t("disposition.nothing")}
      data={[...groups].map(([group, items]) => ({ group: group || t("common.all"), items }))}
      filter={({ options, search }) => {
        const wanted = foldText(search);
        return options.flatMap((option): ComboboxParsedItem[] => {
          if (!("items" in option)) return foldText(option.label).includes(wanted) ? [option] : [];
          const items = option.items.filter((item) => foldText(`${String(option.group)} ${item.label}`).includes(wanted));
          return items.length ? [{ ...option, items }] : [];
        });
      }}
      renderOption={({ option }) => {
        const leaf = leaves.find((row) => row.id === option.value);
        return <span>{option.label}{leaf?.requires_note ? <small className="td-muted"> · {t("disposition.needsNote")}</small> : null}</span>;
      }}
      onChange={(id) => onChange(leaves.find((row) => row.id === id) ?? null)}
    />
  );
}
