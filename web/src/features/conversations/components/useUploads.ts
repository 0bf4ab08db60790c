import { useEffect, useState, useSyncExternalStore } from "react";
import type { Id } from "@/shared/api/types";
import { uploadsOf } from "../uploads";

/** The files of the message that is being written; with `takesDrops`, what is dropped anywhere on the page is one of them. */
export function useUploads(conversationId: Id, takesDrops: boolean) {
  const uploads = uploadsOf(conversationId);
  const rows = useSyncExternalStore(uploads.subscribe, uploads.snapshot);
  const [dropping, setDropping] = useState(false);
  useEffect(() => {
    if (!takesDrops) return undefined;
    const drag = (event: DragEvent) => {
      if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // else the browser shows the file in our place
      if (event.type === "drop") uploads.add(event.dataTransfer.files);
      setDropping(event.type === "dragover");
    };
    const left = (event: DragEvent) => event.relatedTarget === null && setDropping(false);
    document.addEventListener("dragover", drag);
    document.addEventListener("drop", drag);
    document.addEventListener("dragleave", left);
    return () => {
      document.removeEventListener("dragover", drag);
      document.removeEventListener("drop", drag);
      document.removeEventListener("dragleave", left);
    };
  }, [uploads, takesDrops]);
  return { uploads, rows, dropping };
}

/** Files of the clipboard; where words come along with a picture of them (from a spreadsheet, say), it is the words that are meant. */
export function filesOf(data: DataTransfer): File[] {
  return data.types.includes("text/plain") ? [] : [...data.files];
}
