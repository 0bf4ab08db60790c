import { Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";

/** What shows them is not needed for the first paint: it comes a moment later, or with the first notice. */
const store = async () => (await import("@mantine/notifications")).notifications;

export function notice(text: string, kind: "good" | "bad" = "good"): void {
  void store().then((notifications) => notifications.show({
    message: text,
    color: kind === "good" ? "tide" : "red",
    icon: kind === "good" ? <IconCheck size={16} /> : <IconAlertTriangle size={16} />,
    autoClose: kind === "good" ? 4000 : 8000,
  }));
}

/** Undo before "are you sure": the deed is done, and can be taken back while the notice stands. */
export function undoable(text: string, undoLabel: string, undo: () => void): void {
  void store().then((notifications) => {
    const id = notifications.show({
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
