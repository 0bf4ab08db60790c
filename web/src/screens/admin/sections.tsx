import "@/shared/i18n/admin";
import {
  IconAward, IconBellRinging, IconBook2, IconBuilding, IconBulb, IconCalendarTime, IconClipboardCheck, IconClockPause, IconCoffee, IconFolders, IconHash, IconForms, IconHistory, IconMail, IconMailOff, IconMessage2, IconMessageCircle, IconKey, IconMicrophone, IconMusic, IconPhoneCall, IconPhoneOff, IconPhoneOutgoing, IconPlaylist, IconRoute, IconShieldLock, IconSignature, IconSparkles, IconStack2, IconTable, IconUser, IconUsers, IconUsersGroup, IconWorld, type IconProps,
} from "@tabler/icons-react";
import { type ComponentType, lazy, Suspense } from "react";
import { alertRulesResource } from "@/features/analytics/admin";
import { widgetsResource } from "@/features/channels/admin";
import { mailboxesResource } from "@/features/channels/mailboxes";
import { signaturesResource } from "@/features/channels/signatures";
import { repliesResource } from "@/features/conversations/admin";
import { contactFieldsResource } from "@/features/crm/admin";
import { articlesResource } from "@/features/knowledge/admin";
import { reasonsResource, rolesResource, skillsResource, teamsResource, usersResource } from "@/features/people/admin";
import { queuesResource } from "@/features/routing/admin";
import { callerIdsResource, callingHoursResource, numbersResource, recordingRulesResource, ringGroupsResource, roomsResource, trunksResource } from "@/features/telephony/admin";
import { calendarsResource, projectsResource } from "@/features/tenancy/admin";
import { ResourceSection } from "@/shared/admin/ResourceSection";
import type { Resource, TKey } from "@/shared/admin/types";
import type { Me } from "@/shared/api/types";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/admin";
import "@/shared/i18n/outbound";
import "@/shared/i18n/sound";

interface SectionProps { itemId?: string }
export interface AdminSection { key: string; title: TKey; group: TKey; icon: ComponentType<IconProps>; permission: string; component: ComponentType<SectionProps> }

const FlowList = lazy(async () => ({ default: (await import("@/features/flows/components/Flows")).FlowList }));
const FlowView = lazy(async () => ({ default: (await import("@/features/flows/components/Flows")).FlowView }));
const Intents = lazy(async () => ({ default: (await import("@/features/flows/lists")).Intents }));
const Assistant = lazy(async () => ({ default: (await import("@/features/flows/lists")).Assistant }));
const DataTables = lazy(async () => ({ default: (await import("@/features/flows/lists")).DataTables }));
const DispositionTree = lazy(async () => ({ default: (await import("@/features/routing/components/DispositionTree")).DispositionTree }));
const Prompts = lazy(async () => ({ default: (await import("@/features/telephony/components/Prompts")).Prompts }));
const MusicLibrary = lazy(async () => ({ default: (await import("@/features/telephony/components/Music")).Music }));
const Settings = lazy(async () => ({ default: (await import("@/features/tenancy/components/Settings")).Settings }));
const AuditLog = lazy(async () => ({ default: (await import("@/features/tenancy/components/AuditLog")).AuditLog }));
const ApiTokens = lazy(async () => ({ default: (await import("@/features/people/components/ApiTokens")).ApiTokens }));
const DialLimits = lazy(async () => ({ default: (await import("@/features/telephony/components/DialLimits")).DialLimits }));
const Forwarding = lazy(async () => ({ default: (await import("@/features/telephony/components/Forwarding")).Forwarding }));
const VoicemailBox = lazy(async () => ({ default: (await import("@/features/telephony/components/VoicemailBox")).VoicemailBox }));
const DeskPhones = lazy(async () => ({ default: (await import("@/features/telephony/components/DeskPhones")).DeskPhones }));
const DoNotCall = lazy(async () => ({ default: (await import("@/features/telephony/components/DoNotCall")).DoNotCall }));
const Secrets = lazy(() => import("@/features/channels/components/Secrets"));
const Snippet = lazy(() => import("@/features/channels/components/Snippet"));
const Widgets = ({ itemId }: SectionProps) => <ResourceSection itemId={itemId} resource={widgetsResource} below={(row) => <Suspense><Snippet widgetKey={String(row["key"])} />{row["identity"] !== "off" && <Secrets key={row.id} row={row} />}</Suspense>} />;
const SpamList = lazy(async () => ({ default: (await import("@/features/channels/components/SpamList")).SpamList }));
const TryMailbox = lazy(() => import("@/features/channels/components/TryMailbox"));
const Mailboxes = ({ itemId }: SectionProps) => <ResourceSection itemId={itemId} resource={mailboxesResource} below={(row) => <Suspense><TryMailbox key={row.id} row={row} /></Suspense>} />;
const Users = ({ itemId }: SectionProps) => {
  const me = useSession();
  return <ResourceSection itemId={itemId} resource={usersResource} below={(row) => may(me, "telephony.edit") && <Suspense><DeskPhones key={row.id} userId={row.id} /><Forwarding key={`${row.id}-forwarding`} userId={row.id} /><VoicemailBox key={`${row.id}-box`} owner={{ user: row.id }} /><DialLimits key={`${row.id}-limits`} userId={row.id} /></Suspense>} />;
};
const Groups = ({ itemId }: SectionProps) => <ResourceSection itemId={itemId} resource={ringGroupsResource} below={(row) => <Suspense><VoicemailBox key={row.id} owner={{ group: row.id }} /></Suspense>} />;
const Flows = ({ itemId }: SectionProps) => (itemId ? <FlowView flowId={itemId} /> : <FlowList />);

const of = (resource: Resource, group: TKey, icon: ComponentType<IconProps>, permission: string): AdminSection => ({
  key: resource.section, title: resource.title, group, icon, permission, component: ({ itemId }) => <ResourceSection itemId={itemId} resource={resource} />,
});

const SECTIONS: AdminSection[] = [
  { key: "users", title: "admin.users", group: "admin.group.people", icon: IconUser, permission: "users.edit", component: Users },
  of(teamsResource, "admin.group.people", IconUsersGroup, "teams.edit"),
  of(skillsResource, "admin.group.people", IconAward, "skills.edit"),
  of(rolesResource, "admin.group.people", IconShieldLock, "roles.edit"),
  of(reasonsResource, "admin.group.people", IconCoffee, "reasons.edit"),
  of(numbersResource, "admin.group.calls", IconHash, "telephony.edit"),
  { key: "groups", title: "admin.groups", group: "admin.group.calls", icon: IconPhoneCall, permission: "telephony.edit", component: Groups },
  of(roomsResource, "admin.group.calls", IconUsers, "telephony.edit"),
  { key: "flows", title: "admin.flows", group: "admin.group.calls", icon: IconRoute, permission: "flows.see", component: Flows },
  { key: "tables", title: "admin.tables", group: "admin.group.calls", icon: IconTable, permission: "data_tables.edit", component: DataTables },
  of(queuesResource, "admin.group.calls", IconStack2, "queues.edit"),
  of(alertRulesResource, "admin.group.calls", IconBellRinging, "alerts.edit"),
  of(calendarsResource, "admin.group.calls", IconCalendarTime, "settings.edit"),
  { key: "prompts", title: "admin.prompts", group: "admin.group.calls", icon: IconMusic, permission: "flows.edit", component: Prompts },
  { key: "music", title: "admin.music", group: "admin.group.calls", icon: IconPlaylist, permission: "queues.edit", component: MusicLibrary },
  { key: "dispositions", title: "admin.dispositions", group: "admin.group.calls", icon: IconClipboardCheck, permission: "dispositions.edit", component: DispositionTree },
  of(trunksResource, "admin.group.calls", IconWorld, "telephony.edit"),
  of(recordingRulesResource, "admin.group.calls", IconMicrophone, "telephony.edit"),
  of(callerIdsResource, "admin.group.calls", IconPhoneOutgoing, "telephony.edit"),
  { key: "do-not-call", title: "dnc.title", group: "admin.group.calls", icon: IconPhoneOff, permission: "calls.do_not_call", component: DoNotCall },
  of(callingHoursResource, "admin.group.calls", IconClockPause, "telephony.edit"),
  { key: "widgets", title: "admin.widgets", group: "admin.group.chat", icon: IconMessageCircle, permission: "widgets.edit", component: Widgets },
  { key: "mailboxes", title: "admin.mailboxes", group: "admin.group.email", icon: IconMail, permission: "mailboxes.edit", component: Mailboxes },
  { key: "spam", title: "spam.title", group: "admin.group.email", icon: IconMailOff, permission: "mails.spam", component: SpamList },
  of(signaturesResource, "admin.group.email", IconSignature, "mailboxes.edit"),
  { key: "intents", title: "admin.intents", group: "admin.group.chat", icon: IconBulb, permission: "intents.edit", component: Intents },
  of(articlesResource, "admin.group.chat", IconBook2, "articles.edit"),
  { key: "assistant", title: "admin.assistant", group: "admin.group.chat", icon: IconSparkles, permission: "assistant.edit", component: Assistant },
  of(repliesResource, "admin.group.chat", IconMessage2, "replies.edit"),
  of(contactFieldsResource, "admin.group.centre", IconForms, "fields.edit"),
  of(projectsResource, "admin.group.centre", IconFolders, "settings.edit"),
  { key: "settings", title: "admin.settings", group: "admin.group.centre", icon: IconBuilding, permission: "settings.edit", component: Settings },
  { key: "tokens", title: "admin.tokens", group: "admin.group.centre", icon: IconKey, permission: "users.edit", component: () => <ApiTokens of="all" /> },
  { key: "audit", title: "admin.audit", group: "admin.group.centre", icon: IconHistory, permission: "audit.see", component: AuditLog },
];

export const sectionsFor = (me: Me): AdminSection[] => SECTIONS.filter(({ permission }) => may(me, permission));
