import { type ComboboxParsedItem, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Assignment, Disposition, Id } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import { foldText } from "@/shared/format/text";
import "@/shared/i18n/outbound";
import { dispositionsQuery } from "../api/assignments";
import { Consequence } from "./Consequence";
import { fittingFirst, proposed } from "./fitting";
import type { Typed } from "./useDraft";

interface Props {
  row: Assignment; draft: Typed; error?: string; whenMissing: boolean; whenRefused?: string;
  onChange: (part: Partial<Typed>) => void;
}

/**
 * Leaves of the tree, grouped under their branches, those meant for this kind of contact first; three letters of either find one
 * ("del" → Late delivery). How a call of ours went proposes one; what choosing it does stands below, and can be left out.
 */
export function DispositionField({ row, draft, error, whenMissing, whenRefused, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const queueId = row.queue?.id ?? null;
  const value = draft.disposition_id;
  const nameOf = (one: Disposition): string => localized(one.label, i18n.language);
  const rows = useQuery(dispositionsQuery(queueId)).data ?? [];
  const parents = new Set(rows.map((one) => one.parent_id));
  const path = (one: Disposition): string => {
    const parent = rows.find((other) => other.id === one.parent_id);
    return parent ? `${path(parent)}${nameOf(parent)}` : "";
  };
  const leaves = fittingFirst(rows.filter((one) => !parents.has(one.id)), row);
  const chosen = leaves.find((one) => one.id === value);
  const offered = useRef(false);
  const proposal = row.state === "wrap_up" ? proposed(leaves, row) : null;
  useEffect(() => {
    if (!proposal || offered.current) return;
    offered.current = true;
    if (value === null) onChange({ disposition_id: proposal.id });
  }, [proposal, value, onChange]);
  const groups = new Map<string, { value: Id; label: string }[]>();
  for (const leaf of leaves) {
    const group = path(leaf);
    groups.set(group, [...(groups.get(group) ?? []), { value: leaf.id, label: nameOf(leaf) }]);
  }
  return (
    <>
    {/* Without selectFirstOptionOnDropdownOpen, Mantine forgets the highlighted option in a timer that a fast typist overtakes. */}
    <Select
      label={t("disposition.label")} description={chosen && chosen.id === proposal?.id && row.ending ? t("result.proposed", { why: t(`result.${row.ending === "wrong_number" ? "failed" : row.ending}`) }) : undefined} placeholder={t("disposition.placeholder")} searchable clearable allowDeselect={false} selectFirstOptionOnChange selectFirstOptionOnDropdownOpen value={value} error={error} nothingFoundMessage={t("disposition.nothing")}
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
        const leaf = leaves.find((one) => one.id === option.value);
        return <span>{option.label}{leaf?.requires_note ? <small className="td-muted"> · {t("disposition.needsNote")}</small> : null}</span>;
      }}
      onChange={(id) => onChange({ disposition_id: id, no_consequence: false })}
    />
    {chosen && <Consequence row={row} chosen={chosen} draft={draft} error={whenRefused ?? (whenMissing ? t("result.whenRequired") : undefined)} onChange={onChange} />}
    </>
  );
}
