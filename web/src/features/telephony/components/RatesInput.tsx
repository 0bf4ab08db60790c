import { TagsInput } from "@mantine/core";
import { type FieldProps, list } from "@/shared/admin/types";

interface Rate { prefix: string; price_per_minute: number | string }

const written = (rate: Rate): string => `${rate.prefix} ${String(rate.price_per_minute)}`.trim();

/** "+849 0.015": the beginning of numbers, and what a minute to them costs. What is no such pair is left to the server to refuse. */
function read(text: string): Rate {
  const [prefix = "", price = ""] = text.trim().split(/\s+/);
  return { prefix, price_per_minute: price.replace(",", ".") };
}

export function RatesInput({ label, hint, value, error, onChange }: FieldProps) {
  return <TagsInput label={label} description={hint} error={error} splitChars={[";"]} value={list<Rate>(value).map(written)} onChange={(texts) => onChange(texts.map(read))} />;
}
