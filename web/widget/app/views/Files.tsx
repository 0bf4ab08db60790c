import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { Attachment } from "../types.ts";
import type { Upload } from "../uploads.ts";
import { fill } from "../words/index.ts";
import { useChat } from "./context.ts";
import { CrossIcon, FileIcon, WarningIcon } from "./icons.tsx";

const KILO = 1024;

/** A size as people say it. */
export function sizeText(bytes: number, language: string): string {
  const [unit, value] = bytes < KILO * KILO ? ["kilobyte", bytes / KILO] as const : ["megabyte", bytes / KILO / KILO] as const;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 }).format(Math.max(0.1, value));
}

/** Pictures that were fetched: shown again, they need not be. Only the server's short list of kinds comes here. */
const pictures = new Map<string, Promise<string | null>>();
function pictureOf(api: Api, file: Attachment): Promise<string | null> {
  const known = pictures.get(file.id) ?? api.file(file, true).then((blob) => blob && URL.createObjectURL(blob));
  pictures.set(file.id, known);
  void known.then((url) => url || pictures.delete(file.id));
  return known;
}

async function save(api: Api, file: Attachment): Promise<boolean> {
  const blob = await api.file(file, false);
  if (!blob) return false;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}

/** The files of a message: each is saved by a click, pictures are seen. */
export function Files({ who, files }: { who: string; files: Attachment[] }) {
  return (
    <ul class="files">
      {files.map((file) => <li key={file.id}><span class="hidden">{who}: </span><One file={file} /></li>)}
    </ul>
  );
}

function One({ file }: { file: Attachment }) {
  const { client, host, words, language } = useChat();
  const [picture, setPicture] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const open = host.shown.open;
  useEffect(() => {
    if (!file.shown || !open || picture) return;
    let there = true;
    void pictureOf(client.api, file).then((url) => there && setPicture(url));
    return () => {
      there = false;
    };
  }, [client, file, open, picture]);
  const onClick = async (): Promise<void> => setFailed(!(await save(client.api, file)));
  return (
    <>
      <button type="button" class={picture ? "picture" : "file"} title={file.name} onClick={() => void onClick()}>
        <span class="hidden">{words.save} </span>
        {picture ? <img src={picture} alt={file.name} /> : <><FileIcon /><span class="name">{file.name}</span> <span class="size">{sizeText(file.size, language)}</span></>}
      </button>
      {failed && <span class="meta refused" role="alert"><WarningIcon />{words.saveFailed}</span>}
    </>
  );
}

/** The files of the message that is being written: how far each is, and why one does not go. */
export function Tray({ list }: { list: readonly Upload[] }) {
  const { client, words, language } = useChat();
  return (
    <ul class="tray" aria-label={words.files}>
      {list.map((one) => (
        <li key={one.client_id} class={one.why ? "file bad" : "file"}>
          {one.why ? <WarningIcon /> : <FileIcon />}
          <span class="what">
            <span class="name" title={one.file.name}>{one.file.name}</span>
            {one.why && <span class="why" role="alert">{words[one.why]}</span>}
          </span>
          {!one.why && <span class="size">{sizeText(one.file.size, language)}</span>}
          {one.why === "failed" && <button type="button" class="link" onClick={() => client.uploads.again(one)}>{words.retry}</button>}
          <button type="button" class="icon" aria-label={fill(words.removeFile, { name: one.file.name })} title={words.remove} onClick={() => client.uploads.drop(one)}><CrossIcon /></button>
          {!one.done && !one.why && <progress max={1} value={one.share} aria-label={fill(words.uploading, { name: one.file.name })} />}
        </li>
      ))}
    </ul>
  );
}
