import { Input, Radio, ScrollArea, Table } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";
import { http } from "@/shared/api/client";
import type { Scope } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";

interface Permission { name: string; label: string | null; scopes: Scope[] }
const catalogueQuery = queryOptions({ queryKey: ["permissions"], queryFn: () => http.get<Permission[]>("/permissions"), staleTime: Infinity });
const SCOPES: Scope[] = ["own", "team", "queue", "project", "tenant"];

/** Actions down, how far they reach across: a radio per row, so that each permission has exactly one reach or none. */
export function PermissionMatrix({ label, value, error, onChange }: FieldProps) {
  const { t, i18n } = useTranslation();
  // A permission that this desktop has no words for yet is told in the server's.
  const nameOf = ({ name, label: told }: Permission): string => (i18n.exists(`permission.${name}`) ? t(`permission.${name}` as "permission.calls.take") : told ?? name);
  const query = useQuery(catalogueQuery);
  const grants = (value ?? {}) as Record<string, Scope>;
  const set = (name: string, scope: Scope | null) => {
    const rest = Object.fromEntries(Object.entries(grants).filter(([key]) => key !== name));
    onChange(scope ? { ...rest, [name]: scope } : rest);
  };
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <ProblemNote error={query.error} />
      <ScrollArea type="auto">
        <Table verticalSpacing={6} horizontalSpacing={8} miw={520}>
          <Table.Thead>
            <Table.Tr><Table.Th>{t("admin.field.action")}</Table.Th><Table.Th>{t("admin.scope.none")}</Table.Th>{SCOPES.map((scope) => <Table.Th key={scope}>{t(`admin.scope.${scope}`)}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data?.map((permission) => (
              <Table.Tr key={permission.name} role="radiogroup" aria-label={nameOf(permission)}>
                <Table.Th fw={500} fz="sm">{nameOf(permission)}</Table.Th>
                <Table.Td><Radio name={permission.name} aria-label={t("admin.scope.none")} checked={!grants[permission.name]} onChange={() => set(permission.name, null)} /></Table.Td>
                {SCOPES.map((scope) => (
                  <Table.Td key={scope}>{permission.scopes.includes(scope) && <Radio name={permission.name} aria-label={t(`admin.scope.${scope}`)} checked={grants[permission.name] === scope} onChange={() => set(permission.name, scope)} />}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Input.Wrapper>
  );
}
