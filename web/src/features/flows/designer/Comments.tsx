import { Button, Group, Stack, Textarea, Title } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Designer.module.css";
import { commentAt, removed, saying } from "./edit";
import type { Comment, Doc } from "./model";

export type DrawnComment = Node<{ id: string; comment: Comment }, "comment">;

/** A comment on the canvas: nothing leads to it or from it. */
export const CommentNode = memo(function CommentNode({ data, selected }: NodeProps<DrawnComment>) {
  const { t } = useTranslation();
  return <div className={classes.comment} data-selected={selected || undefined}>{data.comment.text || t("design.noText")}</div>;
});

interface Props { doc: Doc; id: string; edit: (edit: (doc: Doc) => Doc, key?: string) => void; select: (id: string | null) => void }

export function CommentPanel({ doc, id, edit, select }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Title order={3} fz="md">{t("design.comment")}</Title>
      <Textarea label={t("design.commentText")} data-comment autosize minRows={4} maxRows={20} maxLength={4000} value={commentAt(doc, id)?.text ?? ""} onChange={({ currentTarget: { value } }) => edit((now) => saying(now, id, value), id)} />
      <Group><Button color="red" variant="light" leftSection={<IconTrash size={15} />} onClick={() => { edit((now) => removed(now, [id])); select(null); }}>{t("design.removeComment")}</Button></Group>
    </Stack>
  );
}
