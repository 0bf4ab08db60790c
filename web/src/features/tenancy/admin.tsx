import { Say } from "@/shared/admin/Say";
import { resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { zoneOptions } from "@/shared/format/zones";
import { ExceptionsEditor } from "./components/ExceptionsEditor";
import { WeekEditor, WeekSentence } from "@/shared/admin/week/WeekEditor";

const workdays: [string, string][] = [["08:00", "18:00"]];

export const calendarsResource = resourceOf<Wanted["calendar"]>({
  section: "hours", path: "/calendars", title: "admin.hours", lead: "admin.hours.lead", create: "admin.hours.new", empty: "admin.hours.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.hours.live",
  blank: { name: "", time_zone: "Asia/Ho_Chi_Minh", weekly: { mon: workdays, tue: workdays, wed: workdays, thu: workdays, fri: workdays, sat: [], sun: [] }, exceptions: [] },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true }, { key: "time_zone", label: "admin.hours.zone", kind: "choice", options: zoneOptions, required: true },
    { key: "weekly", label: "admin.hours.week", kind: "custom", input: (props) => <WeekEditor {...props} /> }, { key: "exceptions", label: "admin.hours.exceptions", hint: "admin.hours.exceptionsHint", kind: "custom", input: (props) => <ExceptionsEditor {...props} /> },
  ],
  Sentence: ({ row }) => <WeekSentence row={row} />,
});
export const projectsResource = resourceOf<Wanted["project"]>({
  section: "projects", path: "/projects", title: "admin.projects", lead: "admin.projects.lead", create: "admin.projects.new", empty: "admin.projects.empty", blank: { name: "" }, nameOf: (row) => String(row["name"]),
  fields: [{ key: "name", label: "admin.field.name", kind: "text", required: true }],
  Sentence: ({ row }) => <Say text="admin.projects.say" values={{ name: String(row["name"]) }} />,
});
