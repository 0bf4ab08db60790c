import type { ParseKeys } from "i18next";
import type { ReactNode } from "react";
import type { Id } from "@/shared/api/types";

export type TKey = ParseKeys;
export interface Row { id: Id; version: number; [key: string]: unknown }

export interface FieldProps { label: string; hint?: string; value: unknown; error?: string; /** What the server says of the value's parts, by their names. */ errors: Record<string, string>; /** All of the form, for what depends on another field. */ values: Record<string, unknown>; onChange: (value: unknown) => void }

/** One thing that can be set. `label` is a catalogue key; `section` groups fields under a heading. */
export interface Field {
  key: string;
  label: TKey;
  hint?: TKey;
  section?: TKey;
  kind: "text" | "long" | "password" | "email" | "number" | "seconds" | "share" | "switch" | "choice" | "choices" | "ref" | "refs" | "localized" | "tags" | "custom";
  required?: boolean;
  options?: { value: string; label: TKey | { text: string } }[];
  /** The list that a reference is chosen from, such as "/flows". */
  refs?: string;
  min?: number;
  max?: number;
  /** Shown for new rows only (a first password) or for old ones only. */
  only?: "new" | "old";
  /** Whether the field has a meaning beside the others' values; always, when left out. */
  when?: (values: Record<string, unknown>) => boolean;
  input?: (props: FieldProps) => ReactNode;
  /** The input shows beside its parts what the server says of them. */
  parts?: boolean;
}

/** A kind of thing that administrators keep: everything its list and its form need. */
export interface Resource {
  section: string;
  path: string;
  title: TKey;
  lead: TKey;
  create: TKey;
  empty: TKey;
  blank: Record<string, unknown>;
  fields: Field[];
  nameOf: (row: Row, locale: string) => string;
  /** What the row means, as one sentence with its parts in bold. Names of references come by path and id. */
  Sentence: (props: { row: Row; names: Names }) => ReactNode;
  /** What a change or an archiving does to contacts that are live right now. */
  liveWarning?: TKey;
  permission?: string;
  /** Rows that cannot be archived, because the system needs them. */
  kept?: (row: Row) => boolean;
  /** Rows that can be looked at and not changed. */
  fixed?: (row: Row) => boolean;
}
type Defined<In> = Omit<Resource, "blank" | "fields"> & { blank: Partial<In>; fields: (Field & { key: keyof In & string })[] };
/** A resource whose fields are those that the app takes (`In`, from the generated types): a wrong name does not compile. */
export const resourceOf = <In extends object>(resource: Defined<In>): Resource => resource as Resource;

export type Names = (path: string, id: unknown) => string | null;

export const list = <T,>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
