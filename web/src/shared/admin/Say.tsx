import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { TKey } from "./types";

/** A sentence whose values stand in bold. Values go in as text after the sentence is parsed: what people write stays text. */
export function Say({ text, values }: { text: TKey; values: Record<string, ReactNode> }) {
  const { t } = useTranslation();
  const raw = t(text, { skipInterpolation: true } as never) as unknown as string;
  return raw.split(/(\{\{\w+\}\})/).map((part, index) => {
    const name = /^\{\{(\w+)\}\}$/.exec(part)?.[1];
    return <Fragment key={index}>{name ? <strong>{values[name] ?? "–"}</strong> : part}</Fragment>;
  });
}
