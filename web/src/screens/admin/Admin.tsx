import { NavLink, Select } from "@mantine/core";
import { Link, Navigate, useNavigate, useParams } from "@tanstack/react-router";
import { Fragment, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { useSession } from "@/shared/session";
import classes from "./Admin.module.css";
import { sectionsFor } from "./sections";

/** One list of what can be set on the left, the chosen thing on the right; on a phone the list folds into a choice. */
export function Admin() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useSession();
  const params = useParams({ strict: false }) as { section?: string; itemId?: string };
  const sections = useMemo(() => sectionsFor(me), [me]);
  const section = sections.find((one) => one.key === params.section);
  if (!section) return sections[0] ? <Navigate to="/admin/$section" params={{ section: sections[0].key }} replace /> : null;
  const groups = [...new Set(sections.map((one) => one.group))];
  const Body = section.component;
  return (
    <Page title={t(section.title) as string}>
      <div className={classes.admin}>
        <nav className={classes.nav} aria-label={t("nav.admin")}>
          {groups.map((group) => (
            <Fragment key={group}>
              <div className={classes.group}>{t(group) as string}</div>
              {sections.filter((one) => one.group === group).map((one) => (
                <NavLink key={one.key} component={Link} to={`/admin/${one.key}`} active={one.key === section.key} label={t(one.title) as string} leftSection={<one.icon size={17} aria-hidden />} className={classes.link} />
              ))}
            </Fragment>
          ))}
        </nav>
        <Select
          className={classes.choice} aria-label={t("nav.admin")} allowDeselect={false} value={section.key} onChange={(key) => key && void navigate({ to: "/admin/$section", params: { section: key } })}
          data={groups.map((group) => ({ group: t(group) as string, items: sections.filter((one) => one.group === group).map((one) => ({ value: one.key, label: t(one.title) as string })) }))}
        />
        <div className={classes.body}><Suspense fallback={<Loading />}><Body key={section.key} itemId={params.itemId} /></Suspense></div>
      </div>
    </Page>
  );
}
