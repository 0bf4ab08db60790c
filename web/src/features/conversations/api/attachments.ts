import { url } from "@/shared/api/client";
import { Problem, problemFrom } from "@/shared/api/problem";
import type { Attachment, Id } from "@/shared/api/types";

const STILL_MS = 30_000;
const path = (conversation: Id): string => `/conversations/${conversation}/attachments`;

/** Where the file is saved from. */
export const savedFrom = (conversation: Id, file: Id): string => url(`${path(conversation)}/${file}`);
/** Where a picture is seen. */
export const shownFrom = (conversation: Id, file: Id): string => url(`${path(conversation)}/${file}`, { show: true });

/** Uploads a file as it is. `onShare`: how much of it is there, 0 to 1. One that stands still counts as a lost network. Rejects with Problem. */
export function uploadFile(conversation: Id, client_id: string, file: File, abort: AbortSignal, onShare: (share: number) => void): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask.abort(), STILL_MS);
    };
    const lost = () => {
      clearTimeout(timer);
      reject(new Problem({ status: 0, code: "offline", detail: "" }));
    };
    ask.open("POST", url(path(conversation), { name: file.name || "file", client_id }));
    ask.upload.onprogress = ({ loaded }) => {
      wait();
      onShare(Math.min(1, loaded / file.size));
    };
    ask.onload = () => {
      clearTimeout(timer);
      if (ask.status >= 200 && ask.status < 300) resolve(JSON.parse(ask.responseText) as Attachment);
      else problemFrom(new Response(ask.responseText, { status: ask.status, headers: { "content-type": ask.getResponseHeader("content-type") ?? "" } })).then(reject, reject);
    };
    ask.onerror = lost;
    ask.onabort = lost;
    abort.addEventListener("abort", () => ask.abort());
    wait();
    ask.send(file);
  });
}
