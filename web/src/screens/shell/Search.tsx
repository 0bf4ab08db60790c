import "@mantine/spotlight/styles.css";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAddressBook, IconBolt, IconPhone, IconSearch, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { SearchHit } from "@/shared/api/types";
import { keyText, useAllActions } from "@/shared/actions/registry";
import { dialable, phoneText } from "@/shared/format/phone";
import { foldText } from "@/shared/format/text";
import { useDial, useSession } from "@/shared/session";

const ICONS = { contact: IconAddressBook, user: IconUser, number: IconPhone, interaction: IconPhone, queue: IconBolt };

/** People, numbers and everything that can be done, from one box. */
export function Search({ asked }: { asked: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const dial = useDial();
  const country = useSession().tenant.country;
  const actions = useAllActions();
  const [query, setQuery] = useState("");
  const [q] = useDebouncedValue(query.trim(), 180);
  const hits = useQuery({
    queryKey: ["search", q],
    queryFn: ({ signal }) => http.get<SearchHit[]>("/search", { q }, signal),
    enabled: q.length >= 2,
    staleTime: 10_000,
  }).data ?? [];
  // It is mounted because someone asked for it.
  useEffect(() => spotlight.open(), [asked]);

  const open = (hit: SearchHit) => {
    if (hit.kind === "contact") void navigate({ to: "/contacts/$contactId", params: { contactId: hit.id } });
    else if (hit.kind === "interaction") void navigate({ to: "/calls/$interactionId", params: { interactionId: hit.id } });
    else if (hit.kind === "user") void navigate({ to: "/calls", search: { user_id: hit.id } });
    else if (hit.kind === "queue") void navigate({ to: "/calls", search: { queue_id: hit.id } });
    else void navigate({ to: "/calls", search: { q: hit.title } });
  };
  const wanted = foldText(query);
  const found = actions.filter((action) => action.id !== "search" && action.id !== "search.slash" && (!wanted || foldText(action.name).includes(wanted)));
  const number = dial && /\d{3}/.test(query) ? dialable(query, country) : null;
  const nothing = found.length === 0 && hits.length === 0 && !number;
  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={null} scrollable maxHeight={420} onSpotlightClose={() => setQuery("")}>
      <Spotlight.Search placeholder={t("search.placeholder")} aria-label={t("search.title")} leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList>
        {number && dial && <Spotlight.Action leftSection={<IconPhone size={18} />} label={t("search.dial", { number: phoneText(number, country) })} onClick={() => dial(number)} />}
        {hits.length > 0 && (
          <Spotlight.ActionsGroup label={t("search.results")}>
            {hits.map((hit) => {
              const Icon = ICONS[hit.kind] ?? IconBolt;
              return <Spotlight.Action key={`${hit.kind}${hit.id}`} leftSection={<Icon size={18} />} label={hit.title} description={[t(`search.kind.${hit.kind}`), hit.subtitle].filter(Boolean).join(" · ")} onClick={() => open(hit)} />;
            })}
          </Spotlight.ActionsGroup>
        )}
        {found.length > 0 && (
          <Spotlight.ActionsGroup label={t("search.actions")}>
            {found.map((action) => (
              <Spotlight.Action key={action.id} leftSection={<IconBolt size={18} />} label={action.name} rightSection={action.hotkey ? <kbd>{keyText(action.hotkey)}</kbd> : null} onClick={action.perform} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {nothing && <Spotlight.Empty>{t("search.nothing")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
