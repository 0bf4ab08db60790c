import { ActionIcon, Button } from "@mantine/core";
import { IconAlertTriangle, IconDownload, IconFile, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment, Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { bytesText } from "@/shared/format/time";
import { savedFrom, shownFrom } from "../api/attachments";
import type { Upload, Uploads } from "../uploads";
import classes from "./Files.module.css";

const Lightbox = lazy(() => import("./Lightbox"));

/** The files of a message: pictures are seen, and large by a click; everything else is saved. */
export function Files({ conversationId, files }: { conversationId: Id; files: Attachment[] }) {
  const { t, i18n } = useTranslation();
  const [seen, setSeen] = useState<{ first: number; from: HTMLElement } | null>(null);
  const pictures = files.filter((one) => one.shown);
  return (
    <>
      <ul className={classes.files} aria-label={t("chat.files")}>
        {files.map((one) => (
          <li key={one.id}>
            {one.shown ? (
              <button type="button" className={classes.picture} title={one.name} aria-label={t("chat.look", { name: one.name })} onClick={(event) => setSeen({ first: pictures.indexOf(one), from: event.currentTarget })}>
                <img src={shownFrom(conversationId, one.id)} alt="" loading="lazy" />
              </button>
            ) : (
              <a className={classes.file} href={savedFrom(conversationId, one.id)} download={one.name} title={one.name}>
                <IconFile size={18} aria-hidden /><span className="td-clip">{one.name}</span> <span className={classes.size}>{bytesText(one.size, i18n.language)}</span>
                <IconDownload size={16} aria-hidden /><span className="td-visually-hidden"> {t("chat.save")}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
      {seen !== null && <Suspense><Lightbox conversationId={conversationId} pictures={pictures} {...seen} onClose={() => setSeen(null)} /></Suspense>}
    </>
  );
}

/** The files of the message that is being written: how far each is, and why one does not go. */
export function Tray({ rows, uploads }: { rows: readonly Upload[]; uploads: Uploads }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  return (
    <ul className={classes.tray} aria-label={t("chat.files")}>
      {rows.map((one) => (
        <li key={one.client_id} className={classes.file} data-wrong={one.problem ? true : undefined}>
          {one.problem ? <IconAlertTriangle size={18} aria-hidden /> : <IconFile size={18} aria-hidden />}
          <span className={classes.what}>
            <span className="td-clip" title={one.file.name}>{one.file.name}</span>
            {one.problem && <span className={classes.why} role="alert">{describe(one.problem)}</span>}
          </span>
          {!one.problem && <span className={classes.size}>{bytesText(one.done?.size ?? one.file.size, i18n.language)}</span>}
          {one.problem && (one.problem.status === 0 || one.problem.status >= 429) && <Button variant="default" size="compact-sm" onClick={() => uploads.again(one)}>{t("chat.again")}</Button>}
          <ActionIcon variant="subtle" color="gray" size={26} aria-label={t("chat.unattach", { name: one.file.name })} onClick={() => uploads.drop(one)}><IconX size={15} /></ActionIcon>
          {!one.done && !one.problem && <progress max={1} value={one.share} aria-label={t("chat.uploading", { name: one.file.name })} />}
        </li>
      ))}
    </ul>
  );
}
