import { Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import i18next from "i18next";

/** What shows them is not needed for the first paint: it comes a moment later, or with the first notice. */
const store = async () => (await import("@mantine/notifications")).notifications;
const closing = () => ({ closeButtonProps: { "aria-label": i18next.t("common.close") } });

/** A note stands until it is closed: somebody else did something, perhaps while nobody looked. */
export function notice(text: string, kind: "good" | "bad" | "note" = "good"): void {
  void store().then((notifications) => notifications.show({
    ...closing(),
    message: text,
    color: kind === "good" ? "tide" : kind === "bad" ? "red" : "yellow.9",
    icon: kind === "good" ? <IconCheck size={16} /> : <IconAlertTriangle size={16} />,
    autoClose: kind === "good" ? 4000 : kind === "bad" ? 8000 : false,
  }));
}

/** Undo before "are you sure": the deed is done, and can be taken back while the notice stands. */
export function undoable(text: string, undoLabel: string, undo: () => void): void {
  void store().then((notifications) => {
    const id = notifications.show({
      ...closing(),
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="md">{text}</Text>
          <Button
            variant="light"
            size="xs"
            style={{ flex: "none" }}
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            {undoLabel}
          </Button>
        </Group>
      ),
      autoClose: 10_000,
    });
  });
}
