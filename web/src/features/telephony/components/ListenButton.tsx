import "@/shared/i18n/together";
import { Button } from "@mantine/core";
import { IconEar } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { may, useSession } from "@/shared/session";
import { soundAllowed } from "../softphone/audio";
import { useWatch } from "../api/watch";

/** Listen to the call that an agent is on. Nothing where the role may not, or the agent is me. */
export default function ListenButton({ user, onListening }: { user: Id; onListening?: () => void }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const me = useSession();
  const wish = useWatch();
  if (!may(me, "calls.monitor") || user === me.user.id) return null;
  const listen = () => {
    void soundAllowed();
    wish.mutate({ listen: user }, { onSuccess: onListening, onError: (error) => notice(describe(error), "bad") });
  };
  return <Button variant="default" leftSection={<IconEar size={17} />} loading={wish.isPending} onClick={listen}>{t("watch.listen")}</Button>;
}
