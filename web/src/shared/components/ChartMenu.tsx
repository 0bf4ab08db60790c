import { ActionIcon, Menu } from "@mantine/core";
import { IconDotsVertical, IconFileTypeCsv, IconPhoto, IconTable } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemText } from "./Feedback";
import { notice } from "./notices";

export interface ChartTable { columns: string[]; rows: (string | number)[][] }

const ChartDialog = lazy(async () => ({ default: (await import("./ChartDialog")).ChartDialog }));

/** What stands behind a chart: its table, and both as files. `drawing` finds the chart's SVG when it is asked for. */
export function ChartMenu({ name, table, drawing }: { name: string; table: () => ChartTable; drawing: () => SVGSVGElement | null }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const [shown, setShown] = useState<ChartTable | null>(null);
  const save = async (kind: "csv" | "png") => {
    try {
      const files = await import("@/shared/format/files");
      if (kind === "csv") files.saveCsv(name, table());
      else {
        // Tables tell the newest first; a chart goes from left to right.
        const { rows } = table();
        await files.savePng(name, drawing(), [String(rows.at(-1)?.[0] ?? ""), String(rows[0]?.[0] ?? "")]);
      }
    } catch (error) {
      notice(describe(error), "bad");
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon size={28} aria-label={t("chart.menu", { name })}><IconDotsVertical size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTable size={16} />} onClick={() => setShown(table())}>{t("common.table")}</Menu.Item>
          <Menu.Item leftSection={<IconFileTypeCsv size={16} />} onClick={() => void save("csv")}>{t("chart.csv")}</Menu.Item>
          <Menu.Item leftSection={<IconPhoto size={16} />} onClick={() => void save("png")}>{t("chart.png")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {shown && <Suspense><ChartDialog name={name} table={shown} onClose={() => setShown(null)} /></Suspense>}
    </>
  );
}
