import { Button } from "@mantine/core";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import "@/shared/i18n/inbox";
import { useUnmerge } from "../api/links";

/** Takes a merge back and says so. What it belongs to may be gone from the screen by then. */
export function useTakeBack(): { takeBack: (kept: Id, other: Id) => void; busy: boolean } {
  const { t } = useTranslation();
  const describe = useProblemText();
  const unmerge = useUnmerge();
  return { busy: unmerge.isPending, takeBack: (kept, other) => void unmerge.mutateAsync({ kept, other }).then(() => notice(t("merging.undone")), (error: unknown) => notice(describe(error), "bad")) };
}

export function UndoMerge({ kept, other, compact = false }: { kept: Id; other: Id; compact?: boolean }) {
  const { t } = useTranslation();
  const { takeBack, busy } = useTakeBack();
  return <Button variant={compact ? "subtle" : "default"} size={compact ? "compact-sm" : "sm"} leftSection={<IconArrowsSplit2 size={16} />} loading={busy} onClick={() => takeBack(kept, other)}>{t("merging.undo")}</Button>;
}
