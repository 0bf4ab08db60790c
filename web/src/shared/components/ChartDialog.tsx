import { Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChartTable } from "./ChartMenu";

/** The figures behind a chart. */
export function ChartDialog({ name, table, onClose }: { name: string; table: ChartTable; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={name} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
      <Table stickyHeader tabularNums>
        <Table.Thead><Table.Tr>{table.columns.map((column) => <Table.Th key={column}>{column}</Table.Th>)}</Table.Tr></Table.Thead>
        <Table.Tbody>{table.rows.map((row, index) => <Table.Tr key={index}>{row.map((cell, column) => <Table.Td key={column}>{cell}</Table.Td>)}</Table.Tr>)}</Table.Tbody>
      </Table>
    </Modal>
  );
}
