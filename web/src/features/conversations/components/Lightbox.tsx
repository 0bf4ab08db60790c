import { Button, Modal } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment, Id } from "@/shared/api/types";
import { savedFrom, shownFrom } from "../api/attachments";
import classes from "./Files.module.css";

/** The pictures of a message, large: arrow keys go from one to the next, Esc back to where one came `from`. */
export default function Lightbox({ conversationId, pictures, first, from, onClose }: { conversationId: Id; pictures: Attachment[]; first: number; from: HTMLElement; onClose: () => void }) {
  const { t } = useTranslation();
  const [place, setPlace] = useState(first);
  useEffect(() => () => from.focus(), [from]);
  const picture = pictures[place];
  if (!picture) return null;
  const step = (by: number) => setPlace((old) => Math.min(pictures.length - 1, Math.max(0, old + by)));
  return (
    <Modal
      opened onClose={onClose} title={picture.name} size="auto" centered closeButtonProps={{ "aria-label": t("common.close") }}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") step(-1);
        if (event.key === "ArrowRight") step(1);
      }}
    >
      <div className={classes.box}>
        <img className={classes.large} src={shownFrom(conversationId, picture.id)} alt={picture.name} />
        <div className={classes.steps}>
          {pictures.length > 1 && <Button variant="default" size="compact-md" leftSection={<IconChevronLeft size={16} />} disabled={place === 0} onClick={() => step(-1)}>{t("chat.previousPicture")}</Button>}
          <Button component="a" href={savedFrom(conversationId, picture.id)} download={picture.name} data-autofocus variant="default" size="compact-md" leftSection={<IconDownload size={16} />}>{t("chat.save")}</Button>
          {pictures.length > 1 && <Button variant="default" size="compact-md" rightSection={<IconChevronRight size={16} />} disabled={place === pictures.length - 1} onClick={() => step(1)}>{t("chat.nextPicture")}</Button>}
        </div>
      </div>
    </Modal>
  );
}
