import { Textarea } from "@mantine/core";
import { useState } from "react";
import { type FieldProps, list } from "@/shared/admin/types";

const linesOf = (text: string): string[] => text.split(/[\n,]/).map((line) => line.trim()).filter(Boolean);

/** Sites, one a line; what is wrong with one of them is told with its name. */
export function Origins({ label, hint, value, error, errors, onChange }: FieldProps) {
  const sites = list<string>(value);
  const [text, setText] = useState(sites.join("\n"));
  const wrong = Object.entries(errors).map(([place, what]) => `${sites[Number(place)] ?? ""}: ${what}`);
  return (
    <Textarea
      label={label} description={hint} error={error ?? (wrong.length > 0 ? wrong.join(" · ") : undefined)} autosize minRows={2} maxRows={10} spellCheck={false} inputMode="url" value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(linesOf(event.currentTarget.value));
      }}
    />
  );
}
