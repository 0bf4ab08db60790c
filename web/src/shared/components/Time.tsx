import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { serverNow } from "@/shared/format/clock";
import { exactText, relativeText } from "@/shared/format/time";
import { useSession } from "@/shared/session";

/** Relative in the text, exact (in the viewer's zone) on hover and to assistive technology. */
export function RelativeTime({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const exact = exactText(at, i18n.language, zone);
  return (
    <Tooltip label={exact}>
      <time dateTime={at} aria-label={exact}>{relativeText(at, i18n.language, serverNow())}</time>
    </Tooltip>
  );
}

export function ExactTime({ at }: { at: string }) {
  const { i18n } = useTranslation();
  return <time dateTime={at}>{exactText(at, i18n.language, useSession().user.time_zone)}</time>;
}
