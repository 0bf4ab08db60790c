import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { contactQuery } from "@/features/crm/api/contacts";
import { CustomerPanel } from "@/features/crm/components/CustomerPanel";
import { useContactName } from "@/features/crm/components/useContactName";
import { Page } from "@/shared/components/Page";

export function ContactPage() {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const { contactId } = useParams({ from: "/shell/contacts/$contactId" });
  const contact = useQuery(contactQuery(contactId)).data;
  return (
    <Page title={contact ? nameOf(contact) : t("contacts.title")}>
      <div className="td-card" style={{ padding: 20, maxWidth: 1160 }}><CustomerPanel contactId={contactId} linked={false} /></div>
    </Page>
  );
}
