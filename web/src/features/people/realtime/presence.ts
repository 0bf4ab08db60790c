import i18next from "i18next";
import { notice } from "@/shared/components/notices";
import { localized } from "@/shared/format/localized";
import type { RealtimeHandler } from "@/shared/realtime/context";
import { presenceQuery } from "../api/presence";

export const presenceRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "presence.changed") queries.setQueryData(presenceQuery.queryKey, event.data);
    if (event.type === "presence.forced") {
      const { by, presence } = event.data;
      const state = localized(presence.reason?.name, i18next.language) || i18next.t(`state.${presence.state}`);
      notice(i18next.t("presence.forced", { name: by.name, state }), "note");
    }
  },
  resync: (topic) => (topic === "me" ? [presenceQuery.queryKey] : []),
};
