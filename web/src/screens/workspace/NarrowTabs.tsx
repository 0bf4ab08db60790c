import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** On a phone the contact and the customer share the place below the offer. */
export function NarrowTabs({ name, contact, customer }: { name: string; contact: ReactNode; customer: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Tabs defaultValue="contact" keepMounted={false}>
      <Tabs.List grow>
        <Tabs.Tab value="contact">{name}</Tabs.Tab>
        <Tabs.Tab value="customer">{t("contact.kind.customer")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="contact">{contact}</Tabs.Panel>
      <Tabs.Panel value="customer">{customer}</Tabs.Panel>
    </Tabs>
  );
}
