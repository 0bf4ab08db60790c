import { beforeAll, expect, it, vi } from "vitest";
import { Tabs } from "@/features/telephony/softphone/leader";
import { installLocks } from "./setup-locks";

beforeAll(installLocks);

const tab = (name: string) => {
  const link = { onLead: vi.fn(), onState: vi.fn(), onCommand: vi.fn() };
  return { link, tabs: new Tabs<{ muted: boolean }, string>(name, link) };
};

it("lets one tab lead, shows its state to the others, and carries their commands to it", async () => {
  const first = tab("phone");
  await vi.waitFor(() => expect(first.link.onLead).toHaveBeenCalled());
  const second = tab("phone");
  first.tabs.tell({ muted: true });
  await vi.waitFor(() => expect(second.link.onState).toHaveBeenCalledWith({ muted: true }));
  second.tabs.ask("answer");
  await vi.waitFor(() => expect(first.link.onCommand).toHaveBeenCalledWith("answer"));
  expect(second.link.onLead).not.toHaveBeenCalled();
  expect(second.link.onCommand).not.toHaveBeenCalled();

  first.tabs.close();
  await vi.waitFor(() => expect(second.link.onLead).toHaveBeenCalled());
  second.tabs.close();
});

it("gives a tab that comes late the state as it is", async () => {
  const first = tab("late");
  await vi.waitFor(() => expect(first.tabs.leading).toBe(true));
  first.tabs.tell({ muted: false });
  const second = tab("late");
  await vi.waitFor(() => expect(second.link.onState).toHaveBeenCalledWith({ muted: false }));
  first.tabs.close();
  second.tabs.close();
});
