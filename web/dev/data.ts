import type { BoardAgent, BoardQueue, BoardTrend, Contact, Disposition, InteractionRow, Reason, Ref } from "../src/shared/api/types.ts";
import { RESULTS } from "../src/shared/api/types.ts";
import { ago, id, seeded } from "./random.ts";

const random = seeded(7);
const FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Шевченко", "Коваль", "Мельник", "Ткачук"];
const GIVEN = ["Thị Hương", "Văn Đức", "Minh Anh", "Quốc Bảo", "Thu Hà", "Ngọc Ánh", "Gia Huy", "Олена", "Тарас", "Ірина", "Богдан"];
const COMPANIES = ["Công ty Sao Mai", "Vinh Phát Logistics", "Hòa Bình Dental", "ТОВ «Калина»", "Green Leaf Tea", "Bến Thành Travel"];

export const queues: Ref[] = ["Sales", "Support", "Billing", "VIP", "Chăm sóc khách hàng", "Технічна підтримка"].map((name, index) => ({ id: id(1, index), name }));
export const teams: Ref[] = ["Morning", "Evening", "Back office"].map((name, index) => ({ id: id(2, index), name }));
const personName = (index: number): string => `${FAMILY[index % FAMILY.length]} ${GIVEN[(index * 7) % GIVEN.length]}`;

export const users: (Ref & { email: string })[] = Array.from({ length: Number(process.env.DEV_AGENTS ?? 60) }, (_, index) => ({
  id: id(3, index), name: index === 0 ? "Lê Thị Lan" : personName(index + 3), email: index === 0 ? "lan@demo.test" : `user${index}@demo.test`,
}));

export const reasons: Reason[] = [
  { id: id(4, 0), name: "Lunch", icon: "tools-kitchen-2", is_break: true, max_minutes: 45, system: null },
  { id: id(4, 1), name: "Short break", icon: "coffee", is_break: true, max_minutes: 10, system: null },
  { id: id(4, 2), name: "Meeting", icon: "users", is_break: false, max_minutes: null, system: null },
  { id: id(4, 3), name: "Training", icon: "school", is_break: false, max_minutes: null, system: null },
  { id: id(4, 4), name: "Back office", icon: "file-text", is_break: false, max_minutes: 60, system: null },
];

const TREE: [string, string[]][] = [
  ["Question", ["Price and offers", "Delivery status", "Opening hours", "How to use"]],
  ["Complaint", ["Late delivery", "Wrong goods", "Invoice is wrong", "Rude service"]],
  ["Order", ["New order", "Change of order", "Cancellation"]],
  ["No result", ["Wrong number", "Line dropped", "Silent call", "Line busy", "Wants no calls", "Call again"]],
];
const PLAIN: Pick<Disposition, "work" | "suggested_for" | "consequence" | "consequence_days"> = { work: [], suggested_for: [], consequence: null, consequence_days: null };
const MEANT: Record<string, Partial<Disposition>> = {
  "Wrong number": { suggested_for: ["wrong_number"] }, "Line busy": { work: ["outbound", "callback"], suggested_for: ["busy"] },
  "Wants no calls": { consequence: "do_not_call", consequence_days: 30 }, "Call again": { consequence: "callback" },
};
export const dispositions: Disposition[] = TREE.flatMap(([label, leaves], group) => [
  { id: id(5, group * 10), label, parent_id: null, code: `D${group}`, requires_note: false, ...PLAIN },
  ...leaves.map((leaf, index) => ({ id: id(5, group * 10 + index + 1), label: leaf, parent_id: id(5, group * 10), code: `D${group}${index}`, requires_note: group === 1, ...PLAIN, ...(MEANT[leaf] ?? {}) })),
]);

const phoneOf = (index: number): { e164: string; national: string } => {
  const digits = `9${(12345678 + index * 7919) % 90000000 + 10000000}`.slice(0, 9);
  return { e164: `+84${digits}`, national: `0${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}` };
};

export const contacts: Contact[] = Array.from({ length: 3000 }, (_, index) => {
  const phone = phoneOf(index);
  const name = index === 13 ? '<img src=x onerror="document.title=1"> <b>Bold</b>' : personName(index);
  return {
    id: id(6, index), name: index % 17 === 5 ? "" : name, agent: index % 4 ? null : { id: id(4, index % 5), name: personName(index % 5) }, company: index % 3 ? null : { id: id(7, index % 6), name: COMPANIES[index % 6] ?? "" },
    kind: index % 17 === 5 ? "unknown" : index % 5 === 0 ? "lead" : "customer", language: (["vi", "uk", "en"] as const)[index % 3] ?? null,
    tags: index % 4 === 0 ? ["vip"] : index % 7 === 0 ? ["renewal", "north"] : [],
    identities: [
      { id: id(8, index * 2), kind: "phone", value: phone.e164, raw: phone.e164, national: phone.national },
      ...(index % 2 ? [{ id: id(8, index * 2 + 1), kind: "email" as const, value: `khach${index}@example.com`, raw: `khach${index}@example.com`, national: null }] : []),
    ],
    last_interaction_at: ago(index * 3600 + 400), fields: (index % 3 ? {} : { customer_no: `KH-${10000 + index}`, plan: "Gold" }) as Record<string, string>,
    consents: [{ purpose: "marketing", channel: "voice", state: index % 2 ? "granted" : "refused", source: "phone", at: ago(86400 * 40) }], merges: [], project_id: null, archived: false, version: 1,
  };
});
export const number = phoneOf;

export const CALLS = 50_000;
/** Row `index` of the call log, newest first, made when asked for. */
export function interaction(index: number): InteractionRow {
  const draw = seeded(index * 2654435761);
  const result = draw.next() < 0.78 ? "answered" : draw.pick(RESULTS);
  const contact = contacts[draw.int(0, 400)];
  const answered = result === "answered";
  const direction = draw.next() < 0.8 ? "inbound" : draw.next() < 0.8 ? "outbound" : "internal";
  const withheld = draw.next() < 0.03;
  const written = index % 11 === 7;
  return {
    id: id(9, index), ...(written ? { channel: "webchat", direction: "inbound" as const } : { channel: "voice", direction }), started_at: new Date(Math.floor(Date.now() / 60000) * 60000 - index * 97_000).toISOString(),
    contact: contact?.name && !withheld ? { id: contact.id, name: contact.name } : null,
    number: withheld || written ? null : { e164: contact?.identities[0]?.value ?? "+84901234567", national: contact?.identities[0]?.national ?? null },
    peer_name: "", peer_verified: false,
    queue: direction === "inbound" && result !== "self_service" ? draw.pick(queues) : null, agent: answered ? draw.pick(users) : null, result,
    wait_s: direction === "inbound" ? draw.int(0, 180) : 0, talk_s: answered ? draw.int(20, 900) : 0, hold_s: answered ? draw.int(0, 60) : 0,
    wrap_up_s: answered ? draw.int(5, 90) : 0, hung_up_by: draw.pick(["customer", "agent"]), cause: "16 normal clearing",
    has_recording: answered && !written, disposition: answered ? String(draw.pick(dispositions.filter((row) => row.parent_id))?.label) : null,
  };
}

const STATES: BoardAgent["state"][] = ["ready", "talking", "talking", "talking", "wrap_up", "hold", "not_ready", "offered", "offline"];
export const boardAgents: BoardAgent[] = users.map((user, index) => {
  const state = index === 0 ? "not_ready" : random.pick(STATES);
  return {
    user: { id: user.id, name: user.name }, team: teams[index % 3]?.name ?? null, state, reason: state === "not_ready" ? { en: random.pick(reasons).name } : null, since: ago(random.int(2, 1500)),
    with: state === "talking" || state === "hold" ? { number: phoneOf(index).national, contact: contacts[index]?.name ?? null, queue: random.pick(queues).name } : null,
    registered: state !== "offline",
  };
});
export const boardQueues: BoardQueue[] = queues.map((queue, index) => {
  const answered = random.int(40, 300);
  const waiting = [0, 3, 12, 1, 0, 5][index] ?? 0;
  const level = [0.93, 0.82, 0.58, 0.97, 0.88, 0.74][index] ?? 0.9;
  return {
    ...queue, closed: false, waiting, longest_wait_since: waiting ? ago(20 + waiting * 14) : null, expected_wait_s: waiting * 22, offered: answered + 20, answered, answered_in_target: Math.round(answered * level), abandoned: random.int(1, 20),
    short_abandoned: random.int(0, 6), service_level: level, target: { seconds: 20, share: 0.8 }, callbacks: { waiting: 0, asked: 0, served: 0, failed: 0, cancelled: 0, called_again: 0, mean_s: null }, agents: { ready: random.int(0, 4), talking: random.int(2, 14), wrap_up: random.int(0, 3), not_ready: random.int(0, 5) },
  };
});
export const boardTrends: BoardTrend[] = boardQueues.map(({ id: queue, waiting, service_level }) => ({
    id: queue, points: Array.from({ length: 24 }, (_, step) => ({ at: ago((24 - step) * 300), waiting: Math.max(0, waiting + random.int(-4, 4)), service_level: Math.min(1, Math.max(0.3, (service_level ?? 0.9) + (random.next() - 0.5) * 0.25)) })),
}));
