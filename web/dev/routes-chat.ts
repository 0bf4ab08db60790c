import type { Assignment, Attachment, Message, Thread, ThreadBrief } from "../src/shared/api/types.ts";
import { contacts, queues, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { publish } from "./hub.ts";
import { ago, id } from "./random.ts";
import { find, keepThread, offer, setAssignment, written } from "./routes-agent.ts";

interface Conversation { id: string; messages: Message[]; seen: number; read: number; held: string | null }
const threads = new Map<string, Conversation>();
const lan = users[0] ?? { id: id(3, 0), name: "Lan" };
let made = 0;
let typed = 0;

const SMALL_TALK: [Message["author"], string][] = [
  ["customer", "Chào shop, đơn hàng 4711 của em đến đâu rồi ạ?"], ["bot", "Chào bạn! Mình là trợ lý của Sao Mai. Bạn cần hỏi về việc gì?"], ["customer", "Giao hàng"],
  ["agent", "Chào bạn, mình kiểm tra ngay nhé."], ["agent", "Đơn đang ở kho Bình Thạnh, dự kiến giao chiều nay. Theo dõi tại https://saomai.example/track/4711."], ["customer", "Dạ em cảm ơn. Nếu em vắng nhà thì sao ạ?"],
  ["agent", "Bưu tá sẽ gọi trước 30 phút. Bạn có thể hẹn lại giờ, hoặc nhờ người nhà nhận giúp; nếu không ai nhận được thì hàng về kho và hôm sau giao lại, không mất phí."],
];
function message(thread: Conversation, part: Partial<Message>, at: string): Message {
  const row: Message = { id: id(71, (made += 1)), conversation_id: thread.id, seq: thread.messages.length + 1, author: "customer", user: null, kind: "text", body: "", data: {}, attachments: [], client_id: null, at, ...part };
  thread.messages.push(row);
  if (row.author === "customer") thread.seen = row.seq;
  if (row.author === "agent") thread.read = row.seq;
  return row;
}
function begun(threadId: string, exchanges: number, first = 26 * 3600): Conversation {
  const thread: Conversation = { id: threadId, messages: [], seen: 0, read: 0, held: null };
  threads.set(threadId, thread);
  for (let index = 0; index < exchanges; index += 1) {
    const [author, body] = SMALL_TALK[index % SMALL_TALK.length] ?? ["customer", ""];
    const at = ago(first - index * (first / (exchanges + 4)));
    message(thread, { author, body, user: author === "agent" ? lan : null, data: author === "bot" ? { choices: [{ key: "1", label: "Giao hàng" }, { key: "2", label: "Đổi trả" }] } : {} }, at);
    if (index % SMALL_TALK.length === 2) message(thread, { author: "system", kind: "event", data: { event: "joined" }, user: lan }, at);
    if (index % SMALL_TALK.length === 5) message(thread, { author: "agent", kind: "note", body: "Khách quen, đã đổi địa chỉ một lần.", user: lan }, at);
  }
  return thread;
}
const find_ = (threadId: string | undefined): Conversation => {
  const known = threads.get(threadId ?? "");
  if (known) return known;
  // The log's chats: made when somebody looks.
  const thread = begun(threadId ?? "", 60);
  message(thread, { author: "system", kind: "event", data: { event: "ended" }, user: lan }, ago(3000));
  return thread;
};
const brief = (thread: Conversation): ThreadBrief => {
  const last = thread.messages.findLast((one) => one.kind === "text");
  return { conversation_id: thread.id, unread: thread.messages.filter((one) => one.seq > thread.read && one.author === "customer").length, last_author: last?.author ?? null, preview: last?.body ?? "", last_at: last?.at ?? null };
};
const told = (thread: Conversation): void => {
  if (keepThread(brief(thread))) publish("me", "thread.changed", brief(thread));
};
function write(thread: Conversation, part: Partial<Message>): Message {
  const row = message(thread, part, new Date().toISOString());
  publish(`conversation.${thread.id}`, "message.written", row);
  told(thread);
  return row;
}
const seen = (thread: Conversation): { id: string; seen_seq: number; read_seq: number } => ({ id: thread.id, seen_seq: thread.seen, read_seq: thread.read });

written.accepted = (row) => {
  const thread = threads.get(row.thread?.conversation_id ?? "");
  if (!thread) return;
  thread.held = row.id;
  write(thread, { author: "system", kind: "event", data: { event: "joined" }, user: lan });
};
written.reset = () => {
  threads.clear();
  made = typed = 0;
};
function ended(thread: Conversation, user: Message["user"]): void {
  const row = thread.held ? find(thread.held) : null;
  thread.held = null;
  write(thread, { author: "system", kind: "event", data: { event: "ended" }, user });
  if (row) setAssignment({ ...find(row.id), state: "wrap_up", wrap_up_ends_at: ago(-45) });
}
route("GET /conversations/:id/messages", ({ params, query }): Thread => {
  const thread = find_(params["id"]);
  const before = Number(query.get("before") ?? Infinity);
  const limit = Number(query.get("limit") ?? 50);
  const rows = thread.messages.filter((one) => one.seq < before);
  return { id: thread.id, messages: rows.slice(-limit), more: rows.length > limit, last_seq: thread.messages.length, seen_seq: thread.seen, read_seq: thread.read, writable: thread.held !== null };
});
route("POST /conversations/:id/messages", ({ params, body }) => {
  const thread = find_(params["id"]);
  const again = thread.messages.find((one) => one.client_id === body["client_id"]);
  if (again) return again;
  if (!thread.held && body["kind"] !== "note") throw new Refusal(409, "not_yours", { detail: "Only who has the contact in hand can write to the customer." });
  if (body["body"] === "refuse this") throw new Refusal(422, "invalid", { errors: [{ field: "body", message: "This cannot be sent." }] });
  const attachments = ((body["attachments"] ?? []) as string[]).flatMap((one) => files.get(one) ?? []);
  return write(thread, { author: "agent", user: lan, kind: body["kind"] as Message["kind"], body: String(body["body"]), attachments, client_id: String(body["client_id"]) });
});

/** Of files it is known what they are called; pictures are all the same one. */
const files = new Map<string, Attachment>();
const PIXELS = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAGAAAABACAIAAABqVuVZAAAoF0lEQVR42tXQBXbjCsCY0S7nDzMzTJg5XziZCccsS5ZkW+Ywo5nZu+oCerqCZhl959wV3P/1PzqqdFTrqNFRq6NOR72OBh2NOpp0NOto0dGqo01Hu44OHZ06unR06+jR0aujT0e/jgEdgzqGdAzrGNExquOPjjEd4zomdEzqmNIxrWNGx6yOOR3zOhZ0LOpY0rGsY0XHqo41Hes6NnRs6kDHlo5tHTs6dnXs6djXcaDjUMeRjr86/uk41nGi41THmY5zHRc6LnVc6dDp0Osw6DDqMOkw67DoEHRYdYg6JB02HbIORYeqw67DocOpQ9Ph0uHW4dHh1eHT4dcR0PG//kdPlZ5qPTV6avXU6anX06CnUU+TnmY9LXpa9bTpadfToadTT5eebj09enr19Onp1zOgZ1DPkJ5hPSN6RvX80TOmZ1zPhJ5JPVN6pvXM6JnVM6dnXs+CnkU9S3qW9azoWdWzpmddz4aeTT3o2dKzrWdHz66ePT37eg70HOo50vNXzz89x3pO9JzqOdNzrudCz6WeKz06PXo9Bj1GPSY9Zj0WPYIeqx5Rj6THpkfWo+hR9dj1OPQ49Wh6XHrcejx6vHp8evx6AvrfIANVBqoN1BioNVBnoN5Ag4FGA00Gmg20GGg10Gag3UCHgU4DXQa6DfQY6DXQZ6DfwICBQQNDBoYNjBgYNfDHwJiBcQMTBiYNTBmYNjBjYNbAnIF5AwsGFg0sGVg2sGJg1cCagXUDGwY2DWBgy8C2gR0Duwb2DOwbODBwaODIwF8D/wwcGzgxcGrgzMC5gQsDlwauDOgM6A0YDBgNmAyYDVgMCAasBkQDkgGbAdmAYkA1YDfgMOA0oBlwGXAb8BjwGvAZ8BsIGH6DjFQZqTZSY6TWSJ2ReiMNRhqNNBlpNtJipNVIm5F2Ix1GOo10Gek20mOk10ifkX4jA0YGjQwZGTYyYmTUyB8jY0bGjUwYmTQyZWTayIyRWSNzRuaNLBhZNLJkZNnIipFVI2tG1o1sGNk0gpEtI9tGdozsGtkzsm/kwMihkSMjf438M3Js5MTIqZEzI+dGLoxcGrkyojOiN2IwYjRiMmI2YjEiGLEaEY1IRmxGZCOKEdWI3YjDiNOIZsRlxG3EY8RrxGfEbyRg/A0yUWWi2kSNiVoTdSbqTTSYaDTRZKLZRIuJVhNtJtpNdJjoNNFlottEj4leE30m+k0MmBg0MWRi2MSIiVETf0yMmRg3MWFi0sSUiWkTMyZmTcyZmDexYGLRxJKJZRMrJlZNrJlYN7FhYtMEJrZMbJvYMbFrYs/EvokDE4cmjkz8NfHPxLGJExOnJs5MnJu4MHFp4sqEzoTehMGE0YTJhNmExYRgwmpCNCGZsJmQTSgmVBN2Ew4TThOaCZcJtwmPCa8Jnwm/iYDpN8hMlZlqMzVmas3Umak302Cm0UyTmWYzLWZazbSZaTfTYabTTJeZbjM9ZnrN9JnpNzNgZtDMkJlhMyNmRs38MTNmZtzMhJlJM1Nmps3MmJk1M2dm3syCmUUzS2aWzayYWTWzZmbdzIaZTTOY2TKzbWbHzK6ZPTP7Zg7MHJo5MvPXzD8zx2ZOzJyaOTNzbubCzKWZKzM6M3ozBjNGMyYzZjMWM4IZqxnRjGTGZkY2o5hRzdjNOMw4zWhmXGbcZjxmvGZ8ZvxmAubfIAtVFqot1FiotVBnod5Cg4VGC00Wmi20WGi10Gah3UKHhU4LXRa6LfRY6LXQZ6HfwoCFQQtDFoYtjFgYtfDHwpiFcQsTFiYtTFmYtjBjYdbCnIV5CwsWFi0sWVi2sGJh1cKahXULGxY2LWBhy8K2hR0Luxb2LOxbOLBwaOHIwl8L/ywcWzixcGrhzMK5hQsLlxauLOgs6C0YLBgtmCyYLVgsCBasFkQLkgWbBdmCYkG1YLfgsOC0oFlwWXBb8FjwWvBZ8FsIWH6DBKoEqgVqBGoF6gTqBRoEGgWaBJoFWgRaBdoE2gU6BDoFugS6BXoEegX6BPoFBgQGBYYEhgVGBEYF/giMCYwLTAhMCkwJTAvMCMwKzAnMCywILAosCSwLrAisCqwJrAtsCGwKILAlsC2wI7ArsCewL3AgcChwJPBX4J/AscCJwKnAmcC5wIXApcCVgE5AL2AQMAqYBMwCFgFBwCogCkgCNgFZQBFQBewCDgGngCbgEnALeAS8Aj4Bv0BA+A2yUmWl2kqNlVordVbqrTRYabTSZKXZSouVVittVtqtdFjptNJlpdtKj5VeK31W+q0MWBm0MmRl2MqIlVErf6yMWRm3MmFl0sqUlWkrM1ZmrcxZmbeyYGXRypKVZSsrVlatrFlZt7JhZdMKVrasbFvZsbJrZc/KvpUDK4dWjqz8tfLPyrGVEyunVs6snFu5sHJp5cqKzoreisGK0YrJitmKxYpgxWpFtCJZsVmRrShWVCt2Kw4rTiuaFZcVtxWPFa8VnxW/lYD1N0ikSqRapEakVqROpF6kQaRRpEmkWaRFpFWkTaRdpEOkU6RLpFukR6RXpE+kX2RAZFBkSGRYZERkVOSPyJjIuMiEyKTIlMi0yIzIrMicyLzIgsiiyJLIssiKyKrImsi6yIbIpggiWyLbIjsiuyJ7IvsiByKHIkcif0X+iRyLnIicipyJnItciFyKXInoRPQiBhGjiEnELGIREUSsIqKIJGITkUUUEVXELuIQcYpoIi4Rt4hHxCviE/GLBMTfIIkqiWqJGolaiTqJeokGiUaJJolmiRaJVok2iXaJDolOiS6JbokeiV6JPol+iQGJQYkhiWGJEYlRiT8SYxLjEhMSkxJTEtMSMxKzEnMS8xILEosSSxLLEisSqxJrEusSGxKbEkhsSWxL7EjsSuxJ7EscSBxKHEn8lfgncSxxInEqcSZxLnEhcSlxJaGT0EsYJIwSJgmzhEVCkLBKiBKShE1CllAkVAm7hEPCKaFJuCTcEh4Jr4RPwi8RkH6DbFTZqLZRY6PWRp2NehsNNhptNNlottFio9VGm412Gx02Om102ei20WOj10afjX4bAzYGbQzZGLYxYmPUxh8bYzbGbUzYmLQxZWPaxoyNWRtzNuZtLNhYtLFkY9nGio1VG2s21m1s2Ni0gY0tG9s2dmzs2tizsW/jwMahjSMbf238s3Fs48TGqY0zG+c2Lmxc2riyobOht2GwYbRhsmG2YbEh2LDaEG1INmw2ZBuKDdWG3YbDhtOGZsNlw23DY8Nrw2fDbyNg+w2SqZKplqmRqZWpk6mXaZBplGmSaZZpkWmVaZNpl+mQ6ZTpkumW6ZHplemT6ZcZkBmUGZIZlhmRGZX5IzMmMy4zITMpMyUzLTMjMyszJzMvsyCzKLMksyyzIrMqsyazLrMhsymDzJbMtsyOzK7Mnsy+zIHMocyRzF+ZfzLHMicypzJnMucyFzKXMlcyOhm9jEHGKGOSMctYZAQZq4woI8nYZGQZRUaVscs4ZJwymoxLxi3jkfHK+GT8MgH5N0ihSqFaoUahVqFOoV6hQaFRoUmhWaFFoVWhTaFdoUOhU6FLoVuhR6FXoU+hX2FAYVBhSGFYYURhVOGPwpjCuMKEwqTClMK0wozCrMKcwrzCgsKiwpLCssKKwqrCmsK6wobCpgIKWwrbCjsKuwp7CvsKBwqHCkcKfxX+KRwrnCicKpwpnCtcKFwqXCnoFPQKBgWjgknBrGBREBSsCqKCpGBTkBUUBVXBruBQcCpoCi4Ft4JHwavgU/ArBJTfIJUqlWqVGpValTqVepUGlUaVJpVmlRaVVpU2lXaVDpVOlS6VbpUelV6VPpV+lQGVQZUhlWGVEZVRlT8qYyrjKhMqkypTKtMqMyqzKnMq8yoLKosqSyrLKisqqyprKusqGyqbKqhsqWyr7Kjsquyp7KscqByqHKn8VfmncqxyonKqcqZyrnKhcqlypaJT0asYVIwqJhWzikVFULGqiCqSik1FVlFUVBW7ikPFqaKpuFTcKh4Vr4pPxa8SUH+D7FTZqbZTY6fWTp2dejsNdhrtNNlpttNip9VOm512Ox12Ou102em202On106fnX47A3YG7QzZGbYzYmfUzh87Y3bG7UzYmbQzZWfazoydWTtzdubtLNhZtLNkZ9nOip1VO2t21u1s2Nm0g50tO9t2duzs2tmzs2/nwM6hnSM7f+38s3Ns58TOqZ0zO+d2Luxc2rmyo7Ojt2OwY7RjsmO2Y7Ej2LHaEe1Idmx2ZDuKHdWO3Y7DjtOOZsdlx23HY8drx2fHbydg/w1yUOWg2kGNg1oHdQ7qHTQ4aHTQ5KDZQYuDVgdtDtoddDjodNDloNtBj4NeB30O+h0MOBh0MORg2MGIg1EHfxyMORh3MOFg0sGUg2kHMw5mHcw5mHew4GDRwZKDZQcrDlYdrDlYd7DhYNMBDrYcbDvYcbDrYM/BvoMDB4cOjhz8dfDPwbGDEwenDs4cnDu4cHDp4MqBzoHegcGB0YHJgdmBxYHgwOpAdCA5sDmQHSgOVAd2Bw4HTgeaA5cDtwOPA68DnwO/g4DjN8hJlZNqJzVOap3UOal30uCk0UmTk2YnLU5anbQ5aXfS4aTTSZeTbic9Tnqd9DnpdzLgZNDJkJNhJyNORp38cTLmZNzJhJNJJ1NOpp3MOJl1Mudk3smCk0UnS06Wnaw4WXWy5mTdyYaTTSc42XKy7WTHya6TPSf7Tg6cHDo5cvLXyT8nx05OnJw6OXNy7uTCyaWTKyc6J3onBidGJyYnZicWJ4ITqxPRieTE5kR2ojhRndidOJw4nWhOXE7cTjxOvE58TvxOAs7fII0qjWqNGo1ajTqNeo0GjUaNJo1mjRaNVo02jXaNDo1OjS6Nbo0ejV6NPo1+jQGNQY0hjWGNEY1RjT8aYxrjGhMakxpTGtMaMxqzGnMa8xoLGosaSxrLGisaqxprGusaGxqbGmhsaWxr7Gjsauxp7GscaBxqHGn81fincaxxonGqcaZxrnGhcalxpaHT0GsYNIwaJg2zhkVD0LBqiBqShk1D1lA0VA27hkPDqaFpuDTcGh4Nr4ZPw68R0H6DXFS5qHZR46LWRZ2LehcNLhpdNLlodtHiotVFm4t2Fx0uOl10ueh20eOi10Wfi34XAy4GXQy5GHYx4mLUxR8XYy7GXUy4mHQx5WLaxYyLWRdzLuZdLLhYdLHkYtnFiotVF2su1l1suNh0gYstF9sudlzsuthzse/iwMWhiyMXf138c3Hs4sTFqYszF+cuLlxcurhyoXOhd2FwYXRhcmF2YXEhuLC6EF1ILmwuZBeKC9WF3YXDhdOF5sLlwu3C48LrwufC7yLg+g1yU+Wm2k2Nm1o3dW7q3TS4aXTT5KbZTYubVjdtbtrddLjpdNPlpttNj5teN31u+t0MuBl0M+Rm2M2Im1E3f9yMuRl3M+Fm0s2Um2k3M25m3cy5mXez4GbRzZKbZTcrblbdrLlZd7PhZtMNbrbcbLvZcbPrZs/NvpsDN4dujtz8dfPPzbGbEzenbs7cnLu5cHPp5sqNzo3ejcGN0Y3JjdmNxY3gxupGdCO5sbmR3ShuVDd2Nw43TjeaG5cbtxuPG68bnxu/m4D7N8hDlYdqDzUeaj3Ueaj30OCh0UOTh2YPLR5aPbR5aPfQ4aHTQ5eHbg89Hno9/N//87///2fxIHiwehA9SB5sHmQPigfVg92Dw4PTg+bB5cHtwePB68Hnwe8h4PkN8lLlpdpLjZdaL3Ve6r00eGn00uSl2UuLl1YvbV7avXR46fTS5aXbS4+XXu9/JMiL4MXqRfQiebF5kb0oXlQvdi8OL04vmheXF7cXjxevF58Xv5eA9zfIR5WPah81Pmp91Pmo99Hgo9FHk49mHy0+Wn20+Wj30eGj00eXj24fPT56ff+RIB+CD6sP0Yfkw+ZD9qH4UH3YfTh8OH1oPlw+3D48Prw+fD78PgK+3yA/VX6q/dT4qfVT56feT4OfRj9Nfpr9tPhp9dPmp91Ph59OP11+uv30+On1/0eC/Ah+rH5EP5Ifmx/Zj+JH9WP34/Dj9KP5cflx+/H48frx+fH7Cfh/gwJUBagOUBOgNkBdgPoADQEaAzQFaA7QEqA1QFuA9gAdAToDdAXoDtAToDfwHwkKIASwBhADSAFsAeQASgA1gD2AI4AzgBbAFcAdwBPAG8AXwB8gEPgNuqbqmupraq6pvabumvprGq5pvKbpmuZrWq5pvabtmvZrOq7pvKbrmu5req7pvf6PBF0jXGO9RrxGusZ2jXyNco16jf0axzXOa7RrXNe4r/Fc473Gd43/msD1b9ANVTdU31BzQ+0NdTfU39BwQ+MNTTc039ByQ+sNbTe039BxQ+cNXTd039BzQ+/NfyToBuEG6w3iDdINthvkG5Qb1BvsNzhucN6g3eC6wX2D5wbvDb4b/DcEbn6Dbqm6pfqWmltqb6m7pf6Whlsab2m6pfmWlltab2m7pf2Wjls6b+m6pfuWnlt6b/8jQbcIt1hvEW+RbrHdIt+i3KLeYr/FcYvzFu0W1y3uWzy3eG/x3eK/JXD7G3RH1R3Vd9TcUXtH3R31dzTc0XhH0x3Nd7Tc0XpH2x3td3Tc0XlH1x3dd/Tc0Xv3Hwm6Q7jDeod4h3SH7Q75DuUO9Q77HY47nHdod7jucN/hucN7h+8O/x2Bu9+ge6ruqb6n5p7ae+ruqb+n4Z7Ge5ruab6n5Z7We9ruab+n457Oe7ru6b6n557e+/9I0D3CPdZ7xHuke2z3yPco96j32O9x3OO8R7vHdY/7Hs893nt89/jvCdz/Bj1Q9UD1AzUP1D5Q90D9Aw0PND7Q9EDzAy0PtD7Q9kD7Ax0PdD7Q9UD3Az0P9D78R4IeEB6wPiA+ID1ge0B+QHlAfcD+gOMB5wPaA64H3A94HvA+4HvA/0Dg4TfokapHqh+peaT2kbpH6h9peKTxkaZHmh9peaT1kbZH2h/peKTzka5Huh/peaT38T8S9IjwiPUR8RHpEdsj8iPKI+oj9kccjzgf0R5xPeJ+xPOI9xHfI/5HAo+/QU9UPVH9RM0TtU/UPVH/RMMTjU80PdH8RMsTrU+0PdH+RMcTnU90PdH9RM8TvU//kaAnhCesT4hPSE/YnpCfUJ5Qn7A/4XjC+YT2hOsJ9xOeJ7xP+J7wPxF4+g16puqZ6mdqnql9pu6Z+mcanml8pumZ5mdanml9pu2Z9mc6nul8puuZ7md6nul9/o8EPSM8Y31GfEZ6xvaM/IzyjPqM/RnHM85ntGdcz7if8Tzjfcb3jP+ZwPNv0AtVL1S/UPNC7Qt1L9S/0PBC4wtNLzS/0PJC6wttL7S/0PFC5wtdL3S/0PNC78t/JOgF4QXrC+IL0gu2F+QXlBfUF+wvOF5wvqC94HrB/YLnBe8Lvhf8LwRefoNeqXql+pWaV2pfqXul/pWGVxpfaXql+ZWWV1pfaXul/ZWOVzpf6Xql+5WeV3pf/yNBrwivWF8RX5Fesb0iv6K8or5if8XxivMV7RXXK+5XPK94X/G94n8l8Pob9EbVG9Vv1LxR+0bdG/VvNLzR+EbTG81vtLzR+kbbG+1vdLzR+UbXG91v9LzR+/YfCXpDeMP6hviG9IbtDfkN5Q31Dfsbjjecb2hvuN5wv+F5w/uG7w3/G4G336B3qt6pfqfmndp36t6pf6fhncZ3mt5pfqflndZ32t5pf6fjnc53ut7pfqfnnd73/0jQO8I71nfEd6R3bO/I7yjvqO/Y33G843xHe8f1jvsdzzved3zv+N8JvP8GfVD1QfUHNR/UflD3Qf0HDR80ftD0QfMHLR+0ftD2QfsHHR90ftD1QfcHPR/0fvxHgj4QPrB+IH4gfWD7QP5A+UD9wP6B4wPnB9oHrg/cH3g+8H7g+8D/QeDjN+iTqk+qP6n5pPaTuk/qP2n4pPGTpk+aP2n5pPWTtk/aP+n4pPOTrk+6P+n5pPfzPxL0ifCJ9RPxE+kT2yfyJ8on6if2TxyfOD/RPnF94v7E84n3E98n/k8Cn79BX1R9Uf1FzRe1X9R9Uf9FwxeNXzR90fxFyxetX7R90f5FxxedX3R90f1Fzxe9X/+RoC+EL6xfiF9IX9i+kL9QvlC/sH/h+ML5hfaF6wv3F54vvF/4vvB/Efj6Dfqm6pvqb2q+qf2m7pv6bxq+afym6Zvmb1q+af2m7Zv2bzq+6fym65vub3q+6f3+jwR9I3xj/Ub8RvrG9o38jfKN+o39G8c3zm+0b1zfuL/xfOP9xveN/5vA92/QD1U/VP9Q80PtD3U/1P/Q8EPjD00/NP/Q8kPrD20/tP/Q8UPnD10/dP/Q80Pvz38k6AfhB+sP4g/SD7Yf5B+UH9Qf7D84fnD+oP3g+sH9g+cH7w++H/w/BH5+g4JUBakOUhOkNkhdkPogDUEagzQFaQ7SEqQ1SFuQ9iAdQTqDdAXpDtITpDdIX5D+IANBBoMMBRkOMhJkNMifIGNBxoNMBJkMMhVkOshMkNkgc0HmgywEWQyyFGQ5yEqQ1SBrQdaDbATZDEKQrSDbQXaC7AbZC7If5CDIYZCjIH+D/AtyHOQkyGmQsyDnQS6CXAa5CqILog9iCGIMYgpiDmIJIgSxBhGDSEFsQeQgShA1iD2II4gziBbEFcQdxBPEG8QXxB8kEPwNClEVojpETYjaEHUh6kM0hGgM0RSiOURLiNYQbSHaQ3SE6AzRFaI7RE+I3hB9IfpDDIQYDDEUYjjESIjREH9CjIUYDzERYjLEVIjpEDMhZkPMhZgPsRBiMcRSiOUQKyFWQ6yFWA+xEWIzBCG2QmyH2AmxG2IvxH6IgxCHIY5C/A3xL8RxiJMQpyHOQpyHuAhxGeIqhC6EPoQhhDGEKYQ5hCWEEMIaQgwhhbCFkEMoIdQQ9hCOEM4QWghXCHcITwhvCF8If4hA6DcoTFWY6jA1YWrD1IWpD9MQpjFMU5jmMC1hWsO0hWkP0xGmM0xXmO4wPWF6w/SF6Q8zEGYwzFCY4TAjYUbD/AkzFmY8zESYyTBTYabDzISZDTMXZj7MQpjFMEthlsOshFkNsxZmPcxGmM0whNkKsx1mJ8xumL0w+2EOwhyGOQrzN8y/MMdhTsKchjkLcx7mIsxlmKswujD6MIYwxjCmMOYwljBCGGsYMYwUxhZGDqOEUcPYwzjCOMNoYVxh3GE8YbxhfGH8YQLh36AIVRGqI9REqI1QF6E+QkOExghNEZojtERojdAWoT1CR4TOCF0RuiP0ROiN0BehP8JAhMEIQxGGI4xEGI3wJ8JYhPEIExEmI0xFmI4wE2E2wlyE+QgLERYjLEVYjrASYTXCWoT1CBsRNiMQYSvCdoSdCLsR9iLsRziIcBjhKMLfCP8iHEc4iXAa4SzCeYSLCJcRriLoIugjGCIYI5gimCNYIggRrBHECFIEWwQ5ghJBjWCP4IjgjKBFcEVwR/BE8EbwRfBHCER+g6JURamOUhOlNkpdlPooDVEaozRFaY7SEqU1SluU9igdUTqjdEXpjtITpTdKX5T+KANRBqMMRRmOMhJlNMqfKGNRxqNMRJmMMhVlOspMlNkoc1HmoyxEWYyyFGU5ykqU1ShrUdajbETZjEKUrSjbUXai7EbZi7If5SDKYZSjKH+j/ItyHOUkymmUsyjnUS6iXEa5iqKLoo9iiGKMYopijmKJIkSxRhGjSFFsUeQoShQ1ij2KI4ozihbFFcUdxRPFG8UXxR8lEP0NilEVozpGTYzaGHUx6mM0xGiM0RSjOUZLjNYYbTHaY3TE6IzRFaM7Rk+M3hh9MfpjDMQYjDEUYzjGSIzRGH9ijMUYjzERYzLGVIzpGDMxZmPMxZiPsRBjMcZSjOUYKzFWY6zFWI+xEWMzBjG2YmzH2ImxG2Mvxn6MgxiHMY5i/I3xL8ZxjJMYpzHOYpzHuIhxGeMqhi6GPoYhhjGGKYY5hiWGEMMaQ4whxbDFkGMoMdQY9hiOGM4YWgxXDHcMTwxvDF8Mf4xA7DcoTlWc6jg1cWrj1MWpj9MQpzFOU5zmOC1xWuO0xWmP0xGnM05XnO44PXF64/TF6Y8zEGcwzlCc4TgjcUbj/IkzFmc8zkScyThTcabjzMSZjTMXZz7OQpzFOEtxluOsxFmNsxZnPc5GnM04xNmKsx1nJ85unL04+3EO4hzGOYrzN86/OMdxTuKcxjmLcx7nIs5lnKs4ujj6OIY4xjimOOY4ljhCHGscMY4UxxZHjqPEUePY4zjiOONocVxx3HE8cbxxfHH8cQLx36AEVQmqE9QkqE1Ql6A+QUOCxgRNCZoTtCRoTdCWoD1BR4LOBF0JuhP0JOhN0JegP8FAgsEEQwmGE4wkGE3wJ8FYgvEEEwkmE0wlmE4wk2A2wVyC+QQLCRYTLCVYTrCSYDXBWoL1BBsJNhOQYCvBdoKdBLsJ9hLsJzhIcJjgKMHfBP8SHCc4SXCa4CzBeYKLBJcJrhLoEugTGBIYE5gSmBNYEggJrAnEBFICWwI5gZJATWBP4EjgTKAlcCVwJ/Ak8CbwJfAnCCR+g5JUJalOUpOkNkldkvokDUkakzQlaU7SkqQ1SVuS9iQdSTqTdCXpTtKTpDdJX5L+JANJBpMMJRlOMpJkNMmfJGNJxpNMJJlMMpVkOslMktkkc0nmkywkWUyylGQ5yUqS1SRrSdaTbCTZTEKSrSTbSXaS7CbZS7Kf5CDJYZKjJH+T/EtynOQkyWmSsyTnSS6SXCa5SqJLok9iSGJMYkpiTmJJIiSxJhGTSElsSeQkShI1iT2JI4kziZbElcSdxJPEm8SXxJ8kkPwNSlGVojpFTYraFHUp6lM0pGhM0ZSiOUVLitYUbSnaU3Sk6EzRlaI7RU+K3hR9KfpTDKQYTDGUYjjFSIrRFH9SjKUYTzGRYjLFVIrpFDMpZlPMpZhPsZBiMcVSiuUUKylWU6ylWE+xkWIzBSm2Umyn2Emxm2IvxX6KgxSHKY5S/E3xL8VxipMUpynOUpynuEhxmeIqhS6FPoUhhTGFKYU5hSWFkMKaQkwhpbClkFMoKdQU9hSOFM4UWgpXCncKTwpvCl8Kf4pA6jcoTVWa6jQ1aWrT1KWpT9OQpjFNU5rmNC1pWtO0pWlP05GmM01Xmu40PWl60/Sl6U8zkGYwzVCa4TQjaUbT/EkzlmY8zUSayTRTaabTzKSZTTOXZj7NQprFNEtpltOspFlNs5ZmPc1Gms00pNlKs51mJ81umr00+2kO0hymOUrzN82/NMdpTtKcpjlLc57mIs1lmqs0ujT6NIY0xjSmNOY0ljRCGmsaMY2UxpZGTqOkUdPY0zjSONNoaVxp3Gk8abxpfGn8aQLp36AMVRmqM9RkqM1Ql6E+Q0OGxgxNGZoztGRozdCWoT1DR4bODF0ZujP0ZOjN0JehP8NAhsEMQxmGM4xkGM3wJ8NYhvEMExkmM0xlmM4wk2E2w1yG+QwLGRYzLGVYzrCSYTXDWob1DBsZNjOQYSvDdoadDLsZ9jLsZzjIcJjhKMPfDP8yHGc4yXCa4SzDeYaLDJcZrjLoMugzGDIYM5gymDNYMggZrBnEDFIGWwY5g5JBzWDP4MjgzKBlcGVwZ/Bk8GbwZfBnCGR+g7JUZanOUpOlNktdlvosDVkaszRlac7SkqU1S1uW9iwdWTqzdGXpztKTpTdLX5b+LANZBrMMZRnOMpJlNMufLGNZxrNMZJnMMpVlOstMltksc1nmsyxkWcyylGU5y0qW1SxrWdazbGTZzEKWrSzbWXay7GbZy7Kf5SDLYZajLH+z/MtynOUky2mWsyznWS6yXGa5yqLLos9iyGLMYspizmLJImSxZhGzSFlsWeQsShY1iz2LI4szi5bFlcWdxZPFm8WXxZ8lkP0NylGVozpHTY7aHHU56nM05GjM0ZSjOUdLjtYcbTnac3Tk6MzRlaM7R0+O3hx9OfpzDOQYzDGUYzjHSI7RHH9yjOUYzzGRYzLHVI7pHDM5ZnPM5ZjPsZBjMcdSjuUcKzlWc6zlWM+xkWMzBzm2cmzn2Mmxm2Mvx36OgxyHOY5y/M3xL8dxjpMcpznOcpznuMhxmeMqhy6HPochhzGHKYc5hyWHkMOaQ8wh5bDlkHMoOdQc9hyOHM4cWg5XDncOTw5vDl8Of45A7jcoT1We6jw1eWrz1OWpz9OQpzFPU57mPC15WvO05WnP05GnM09Xnu48PXl68/Tl6c8zkGcwz1Ce4TwjeUbz/Mkzlmc8z0SeyTxTeabzzOSZzTOXZz7PQp7FPEt5lvOs5FnNs5ZnPc9Gns085NnKs51nJ89unr08+3kO8hzmOcrzN8+/PMd5TvKc5jnLc57nIs9lnqs8ujz6PIY8xjymPOY8ljxCHmseMY+Ux5ZHzqPkUfPY8zjyOPNoeVx53Hk8ebx5fHn8eQL536ACVQWqC9QUqC1QV6C+QEOBxgJNBZoLtBRoLdBWoL1AR4HOAl0Fugv0FOgt0Fegv8BAgcECQwWGC4wUGC3wp8BYgfECEwUmC0wVmC4wU2C2wFyB+QILBRYLLBVYLrBSYLXAWoH1AhsFNgtQYKvAdoGdArsF9grsFzgocFjgqMDfAv8KHBc4KXBa4KzAeYGLApcFrgroCugLGAoYC5gKmAtYCggFrAXEAlIBWwG5gFJALWAv4CjgLKAVcBVwF/AU8BbwFfAXCBR+g4pUFakuUlOktkhdkfoiDUUaizQVaS7SUqS1SFuR9iIdRTqLdBXpLtJTpLdIX5H+IgNFBosMFRkuMlJktMifImNFxotMFJksMlVkushMkdkic0XmiywUWSyyVGS5yEqR1SJrRdaLbBTZLEKRrSLbRXaK7BbZK7Jf5KDIYZGjIn+L/CtyXOSkyGmRsyLnRS6KXBa5KqIroi9iKGIsYipiLmIpIhSxFhGLSEVsReQiShG1iL2Io4iziFbEVcRdxFPEW8RXxF8kUPwNKlFVorpETYnaEnUl6ks0lGgs0VSiuURLidYSbSXaS3SU6CzRVaK7RE+J3hJ9JfpLDJQYLDFUYrjESInREn9KjJUYLzFRYrLEVInpEjMlZkvMlZgvsVBiscRSieUSKyVWS6yVWC+xUWKzBCW2SmyX2CmxW2KvxH6JgxKHJY5K/C3xr8RxiZMSpyXOSpyXuChxWeKqhK6EvoShhLGEqYS5hKWEUMJaQiwhlbCVkEsoJdQS9hKOEs4SWglXCXcJTwlvCV8Jf4lA6TeoTFWZ6jI1ZWrL1JWpL9NQprFMU5nmMi1lWsu0lWkv01Gms0xXme4yPWV6y/SV6S8zUGawzFCZ4TIjZUbL/CkzVma8zESZyTJTZabLzJSZLTNXZr7MQpnFMktllsuslFkts1ZmvcxGmc0ylNkqs11mp8xumb0y+2UOyhyWOSrzt8y/MsdlTsqcljkrc17mosxlmasyujL6MoYyxjKmMuYyljJCGWsZsYxUxlZGLqOUUcvYyzjKOMtoZVxl3GU8ZbxlfGX8ZQLl36AKVRWqK9RUqK1QV6G+QkOFxgpNFZortFRordBWob1CR4XOCl0Vuiv0VOit0Fehv8JAhcEKQxWGK4xUGK3wp8JYhfEKExUmK0xVmK4wU2G2wlyF+QoLFRYrLFVYrrBSYbXCWoX1ChsVNitQYavCdoWdCrsV9irsVziocFjhqMLfCv8qHFc4qXBa4azCeYWLCpcVriroKugrGCoYK5gqmCtYKggVrBXEClIFWwW5glJBrWCv4KjgrKBVcFVwV/BU8FbwVfBXCFT4f7yVcVIYN48eAAAAAElFTkSuQmCC", "base64");
function kept(name: string, size: number): Attachment {
  const shown = /\.(png|jpe?g|gif|webp)$/i.test(name);
  const row: Attachment = { id: id(73, files.size + 1), name, media_type: shown ? "image/png" : "application/pdf", size, shown, content_id: null };
  files.set(row.id, row);
  return row;
}
route("POST /conversations/:id/attachments", ({ query, raw }) => {
  const name = query.get("name") ?? "";
  if (name.endsWith(".exe")) throw new Refusal(415, "file_kind", { detail: "Files of this kind cannot be sent." });
  return kept(name, Number(raw.headers["content-length"] ?? 0));
});
route("GET /conversations/:id/attachments/:file", ({ params }) => ({ raw: PIXELS, type: files.get(params["file"] ?? "")?.media_type ?? "" }));
route("POST /conversations/:id/seen", ({ params, body }) => {
  const thread = find_(params["id"]);
  thread.read = Math.max(thread.read, Number(body["seq"]));
  told(thread);
  return seen(thread);
});
route("POST /assignments/:id/end", ({ params }) => {
  const row = find(params["id"] ?? "");
  ended(find_(row.thread?.conversation_id), lan);
});
route("POST /assignments/:id/send-on", ({ params }) => {
  const row = find(params["id"] ?? "");
  const thread = find_(row.thread?.conversation_id);
  thread.held = null;
  write(thread, { author: "system", user: lan, kind: "event", data: { event: "left" } });
  setAssignment({ ...row, state: "wrap_up", wrap_up_ends_at: ago(-45) });
});
route("POST /assignments/:id/typing", () => void (typed += 1));

// Levers for screenshots and tests: a visitor comes, writes, types, sees, leaves.
const nth = (body: Record<string, unknown>): Conversation => find_(id(72, Number(body["chat"] ?? 1)));
route("POST /__dev/chat", ({ body }): Assignment => {
  const number = threads.size + 1;
  const thread = begun(id(72, number), Number(body["exchanges"] ?? 3), Number(body["since_s"] ?? 240));
  message(thread, { body: String(body["body"] ?? "Em muốn đổi giờ giao hàng ạ") }, ago(40));
  const contact = contacts[number + 20];
  return offer({
    channel: "webchat", queue: { id: id(1, 6), name: queues[4]?.name ?? "Chats" }, number: null, candidates: [], call_id: null, waited_s: 35, skills: [], flow_answers: [{ label: "topic", value: "Giao hàng" }],
    contact: body["anonymous"] || !contact ? null : { id: contact.id, name: contact.name || "Trần Bình", company: null }, peer_name: "", thread: brief(thread),
  });
});
route("POST /__dev/chat-writes", ({ body }) => write(nth(body), { body: String(body["body"]), attachments: ((body["files"] ?? []) as string[]).map((name) => kept(name, 48_213)) }));
route("POST /__dev/chat-types", ({ body }) => publish(`conversation.${nth(body).id}`, "customer.typing", { conversation_id: nth(body).id }));
route("POST /__dev/chat-sees", ({ body }) => {
  const thread = nth(body);
  thread.seen = thread.messages.length;
  publish(`conversation.${thread.id}`, "messages.seen", seen(thread));
});
route("POST /__dev/chat-leaves", ({ body }) => ended(nth(body), null));
route("POST /__dev/chat-state", ({ body }) => ({ typed, messages: nth(body).messages }));
