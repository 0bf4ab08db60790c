import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Message } from "@/shared/api/types";
import { violations } from "./axe";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterAll(() => desktop.stop());
beforeEach(() => desktop.dev("reset"));
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));

async function state(chat = 1): Promise<{ typed: number; messages: Message[] }> {
  const answer = await fetch(`${desktop.url}/api/v1/__dev/chat-state`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ chat }) });
  return (await answer.json()) as { typed: number; messages: Message[] };
}
const mine = async (): Promise<string[]> => (await state()).messages.filter((one) => one.author === "agent" && one.client_id).map((one) => one.body);
const composer = (page: Page) => page.locator("[data-composer] textarea:not([aria-hidden])");

/** On the workspace with a chat accepted by keyboard. */
async function chatting(options: Parameters<Desktop["open"]>[1] = {}, chat: Record<string, unknown> = {}): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const opened = await desktop.open("/workspace", options);
  await desktop.phoneRegistered();
  await desktop.dev("chat", chat);
  await opened.page.getByTestId("offer").waitFor();
  await opened.page.keyboard.press("Alt+a");
  await composer(opened.page).waitFor();
  return opened;
}

it("takes a chat from the offer to its result by keyboard alone", async () => {
  const { page, faults } = await desktop.open("/calls");
  await page.getByRole("heading", { name: "Calls" }).waitFor();
  await desktop.phoneRegistered();
  await desktop.dev("chat", { body: "Where is my parcel?" });
  const offer = page.getByTestId("offer");
  await offer.waitFor();
  expect(new URL(page.url()).pathname).toBe("/workspace");
  expect(await page.title()).toContain("💬");
  expect(await offer.innerText()).toMatch(/Chat from the website[\s\S]*Where is my parcel\?[\s\S]*Accept/);
  expect(await offer.innerText()).not.toMatch(/call/i);
  await page.keyboard.press("Alt+a");
  await page.locator("textarea:focus").waitFor();
  const thread = page.getByRole("region", { name: "Messages" });
  await thread.getByText("Where is my parcel?").waitFor();
  await thread.getByText("Lê Thị Lan has joined").last().waitFor();
  expect(await page.getByRole("region", { name: "Your call" }).count()).toBe(0);

  await page.keyboard.type("On its way");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("since noon");
  await page.keyboard.press("Enter");
  await thread.getByText("On its way\nsince noon").waitFor();
  await thread.getByText("Sent", { exact: true }).waitFor();
  await desktop.dev("chat-sees");
  await thread.getByText("Seen", { exact: true }).waitFor();
  await desktop.dev("chat-types");
  await page.getByText("is typing…").waitFor();
  await desktop.dev("chat-writes", { body: "Thank you" });
  await thread.getByText("Thank you").waitFor();
  await page.getByText("is typing…").waitFor({ state: "detached" });

  await page.keyboard.press("Alt+i");
  await page.keyboard.type("Knows the driver");
  await page.keyboard.press("Enter");
  await thread.getByText("Only colleagues see this").waitFor();
  expect(await state()).toMatchObject({ typed: 1, messages: expect.arrayContaining([expect.objectContaining({ kind: "note", body: "Knows the driver" }), expect.objectContaining({ kind: "text", body: "On its way\nsince noon" })]) as unknown });

  await page.keyboard.press("Alt+x");
  await page.getByRole("dialog", { name: /End the chat with/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("The chat is over. Finish it here.").waitFor();
  await thread.getByText("The chat was ended by Lê Thị Lan").waitFor();
  await page.getByRole("combobox", { name: "Result" }).focus();
  await page.keyboard.type("deli");
  await page.getByRole("option", { name: /Delivery status/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await page.getByText("You are ready. The next contact comes here.").waitFor();
  expect(faults).toEqual([]);
});

it("shows which of several chats is unread and who waits, and goes from one to the other", async () => {
  const { page } = await chatting({}, { body: "First" });
  await composer(page).fill("half a sentence");
  await desktop.dev("chat", { body: "Second" });
  await page.getByTestId("offer").waitFor();
  await page.keyboard.press("Alt+a");
  const thread = page.getByRole("region", { name: "Messages" });
  await thread.getByText("Second").waitFor();
  await desktop.dev("chat-writes", { chat: 1, body: "Are you there?" });
  const rows = page.getByRole("list", { name: "My contacts" }).getByRole("button");
  await rows.first().getByText("1 unread message").waitFor();
  await rows.first().getByText("Waits for an answer").waitFor();
  expect(await page.title()).toMatch(/^\(1\) /);
  await page.keyboard.press("Alt+1");
  await thread.getByText("Are you there?").waitFor();
  // What was begun here still stands, and the caret is in it.
  await page.locator("textarea:focus").waitFor();
  expect(await composer(page).inputValue()).toBe("half a sentence");
  await page.waitForFunction(() => !document.title.startsWith("("));
  await page.keyboard.press("Alt+2");
  await thread.getByText("Second").waitFor();
  expect(await composer(page).inputValue()).toBe("");
});

it("sends what was written offline once, also after a reload, and says why something cannot be sent", async () => {
  const { page, context } = await chatting();
  await context.setOffline(true);
  await composer(page).fill("written offline");
  await page.keyboard.press("Enter");
  await composer(page).fill("and more");
  await page.keyboard.press("Enter");
  expect(await page.getByText("Sending…").count()).toBe(2);
  await context.setOffline(false);
  await page.getByText("Sending…").first().waitFor({ state: "detached", timeout: 20_000 });
  await page.waitForFunction(() => !document.body.innerText.includes("Sending…"));
  expect(await mine()).toEqual(["written offline", "and more"]);

  // The answer is lost on the way: the page sends again what the server has.
  await page.route("**/conversations/*/messages", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fetch();
    return route.abort();
  });
  await composer(page).fill("sent and not heard");
  await page.keyboard.press("Enter");
  await composer(page).fill("kept for later");
  for (let tries = 0; tries < 100 && (await mine()).length < 3; tries += 1) await page.waitForTimeout(50);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await page.getByRole("region", { name: "Messages" }).getByText("sent and not heard").waitFor();
  await page.waitForFunction(() => localStorage.length > 0 && !Object.keys(localStorage).some((key) => key.startsWith("tongdai.outbox")));
  expect(await page.getByRole("region", { name: "Messages" }).getByText("sent and not heard").count()).toBe(1);
  expect(await mine()).toEqual(["written offline", "and more", "sent and not heard"]);
  expect(await composer(page).inputValue()).toBe("kept for later");

  await composer(page).fill("refuse this");
  await page.keyboard.press("Enter");
  await page.getByText("Not sent. This cannot be sent.").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  expect(await page.getByText("refuse this").count()).toBe(0);
});

it("keeps the reader's place: older messages above, new ones below behind a pill", async () => {
  const { page } = await chatting({}, { exchanges: 120, since_s: 90_000 });
  const thread = page.getByRole("region", { name: "Messages" });
  await thread.getByText("has joined").last().waitFor();
  await page.waitForFunction(() => {
    const box = document.querySelector('[role=region][tabindex="0"]');
    return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 5;
  });
  const before = await thread.getByRole("listitem").count();
  await thread.evaluate((box) => box.scrollTo(0, 0));
  for (let tries = 0; tries < 100 && (await thread.getByRole("listitem").count()) <= before; tries += 1) await page.waitForTimeout(50);
  expect(await thread.getByRole("listitem").count()).toBeGreaterThan(before);
  expect(await thread.evaluate((box) => box.scrollTop)).toBeGreaterThan(200);
  await desktop.dev("chat-writes", { body: "Something new" });
  const pill = page.getByRole("button", { name: "1 new message" });
  await pill.waitFor();
  const unread = page.getByRole("list", { name: "My contacts" }).getByText("1 unread message");
  await unread.waitFor();
  await pill.click();
  await pill.waitFor({ state: "detached" });
  await unread.waitFor({ state: "detached" });
});

it("sends a chat on to another queue by keyboard", async () => {
  const { page, faults } = await chatting();
  await page.keyboard.press("Alt+t");
  const where = page.getByRole("group", { name: "Send on" });
  await where.getByText("The customer waits there for a colleague").waitFor();
  const queue = (await where.getByRole("button").first().textContent()) ?? "";
  await page.waitForFunction((first) => document.activeElement?.textContent === first, queue);
  expect(await violations(page)).toEqual([]);
  // The scan takes seconds on a busy machine: the key is for this button, wherever the focus is by then.
  await where.getByRole("button", { name: queue }).first().press("Enter");
  await page.getByText(`The chat waits in ${queue} now.`).waitFor();
  await page.getByRole("region", { name: "Messages" }).getByText("Lê Thị Lan has left").waitFor();
  await page.getByRole("combobox", { name: "Result" }).waitFor();
  expect(await composer(page).count()).toBe(0);
  expect(faults).toEqual([]);
});

it("ends in the list and in the thread when the visitor leaves", async () => {
  const { page } = await chatting();
  await desktop.dev("chat-leaves");
  await page.getByText("The chat is over. Finish it here.").waitFor();
  await page.getByText("The chat has ended").waitFor();
  expect(await composer(page).count()).toBe(0);
});

it("shows what was written in the log's detail, where a note can be added", async () => {
  const { page, faults } = await desktop.open("/calls?channel=webchat");
  await page.getByLabel("Web chat").first().waitFor();
  await page.getByRole("combobox", { name: "Channel" }).waitFor();
  await page.locator("main a[href^='/calls/']").first().click();
  await page.getByRole("heading", { name: /^Chat: / }).waitFor();
  await page.getByRole("region", { name: "Messages" }).getByText("The chat was ended by").waitFor();
  await composer(page).fill("Called back by Minh");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Messages" }).getByText("Called back by Minh").waitFor();
  await page.getByRole("region", { name: "Messages" }).getByText("Sending…").waitFor({ state: "detached" });
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

it.each([["en", 1440], ["vi", 360]])("has no axe violation, light or dark, and nothing wider than the page: %s, %i px", async (locale, width) => {
  const { page, faults } = await desktop.open("/workspace", { locale, width, height: width === 360 ? 740 : 900, theme: "auto" });
  await desktop.phoneRegistered();
  await desktop.dev("chat", { exchanges: 9 });
  await page.getByTestId("offer").waitFor();
  const look = async (where: string): Promise<string[]> => {
    const found: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: "attached" });
      found.push(...(await violations(page)).map((what) => `${where} (${scheme}): ${what}`));
    }
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) found.push(`${where} is too wide`);
    return found;
  };
  expect(await look("offer")).toEqual([]);
  await page.keyboard.press("Alt+a");
  await composer(page).waitFor();
  await composer(page).fill("refuse this");
  await page.keyboard.press("Enter");
  await page.locator("[data-unsent=refused]").waitFor();
  await desktop.dev("chat-types");
  expect(await look("chat")).toEqual([]);
  await page.keyboard.press("Alt+i");
  expect(await look("note")).toEqual([]);
  await page.keyboard.press("Alt+x");
  await page.getByRole("dialog").waitFor();
  expect(await look("question")).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator("[data-wrapping]").waitFor();
  expect(await look("wrap-up")).toEqual([]);
  expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
});
