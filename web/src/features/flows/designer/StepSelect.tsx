import { Select } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { connected } from "./edit";
import type { Doc } from "./model";

export interface Option { value: string; label: string }
type Edit = (edit: (doc: Doc) => Doc, key?: string) => void;
interface Props { id: string; exit: string; label: string; error?: string; placeholder: string; value: string | null; options: Option[]; edit: Edit }

/** Where an exit leads. Drawn anew only when something of it changed: with 200 steps to choose from, each costs as much as the rest of the form. */
export const WaySelect = memo(function WaySelect({ id, exit, label, error, placeholder, value, options, edit }: Props) {
  const { t } = useTranslation();
  return <Select label={label} error={error} searchable clearable placeholder={placeholder} value={value} data={options} nothingFoundMessage={t("design.noStep")} onChange={(to) => edit((now) => connected(now, id, exit, to))} clearButtonProps={{ "aria-label": t("design.clear") }} />;
});

/** Chooses a step by its name. */
export const FindStep = memo(function FindStep({ options, inputRef, onChoose }: { options: Option[]; inputRef: React.RefObject<HTMLInputElement | null>; onChoose: (id: string | null) => void }) {
  const { t } = useTranslation();
  return <Select ref={inputRef} aria-label={t("design.find")} placeholder={t("design.find")} searchable w={170} value={null} data={options} onChange={onChoose} nothingFoundMessage={t("design.noStep")} />;
});
