import { route } from "./http.ts";
import { ago } from "./random.ts";
import { resource, table } from "./routes-admin.ts";

const examples = (...texts: string[]) => ({ en: texts });
const intents = [
  { name: "order_status", title: "Where an order is", examples: { ...examples("Where is my parcel?", "When will it arrive?", "Has it been sent?", "Track my order", "My package is late"), vi: ["Đơn hàng của tôi đâu?"], uk: ["Де моя посилка?"] } },
  { name: "refund", title: "Money back", examples: examples("I want my money back", "How do I return this?", "Send me a return label", "It does not fit", "Refund, please") },
  { name: "opening_hours", title: "", examples: examples("When do you open?", "Are you open on Sunday?", "Opening hours, please", "When do you close?", "Are you there on Saturday?") },
];
const sets = table(80, [{ name: "shop", project_id: null, archived: false, intents, none: examples("Are you a robot?"), published_number: 1 }]);
const path = `/intent-sets/${sets[0]?.id}`;
const version = (number: number, state: string) => ({ number, state, problem: state === "failed" ? "nothing on this server understands text" : null, threshold: state === "ready" ? 0.5 : null, right_share: state === "ready" ? 0.87 : null, made_at: ago(3600 * (4 - number)), made_by: null });
const versions = [version(2, "failed"), version(1, "ready")];
const curve = Array.from({ length: 44 }, (_, step) => {
  const threshold = 0.1 + step / 50;
  const right = 0.93 - 0.6 * threshold ** 3;
  const wrong = 0.06 * (1 - threshold);
  return { threshold, right, wrong, missed: 1 - right - wrong, refused: Math.min(1, 0.5 + threshold * 0.7) };
});

route("POST /intent-sets/check", ({ body }) => ((body["intents"] as typeof intents).length < 2 ? [{ rule: "too_few_intents", intent: null, other: null, text: null, count: 1, warning: false }] : [{ rule: "few_examples", intent: "refund", other: null, text: null, count: 5, warning: true }, { rule: "contradiction", intent: "refund", other: "opening_hours", text: "It does not fit", count: null, warning: false }]));
route(`GET ${path}/versions`, () => ({ items: versions, next_cursor: null }));
route(`GET ${path}/versions/:number`, ({ params }) => {
  const found = versions.find((one) => String(one.number) === params["number"]) ?? versions[1];
  const measures = [[6, 0, 0, 1], [1, 4, 0, 0], [0, 0, 5, 0]].map((taken, at) => ({ name: intents[at]?.name, title: intents[at]?.title, examples: taken.reduce((a, b) => a + b, 0), precision: 0.9, recall: (taken[at] ?? 0) / taken.reduce((a, b) => a + b, 0), taken }));
  return { ...found, intents, none: examples("Are you a robot?"), strangers: 75, measures, shares: curve[20], curve, mistaken: [{ text: "Send me a return label", intent: "refund", taken_for: "order_status", score: 0.71 }, { text: "My package is late", intent: "order_status", taken_for: null, score: 0.41 }] };
});
route(`POST ${path}/train`, () => {
  const begun = version(versions.length + 1, "training");
  versions.unshift(begun);
  setTimeout(() => Object.assign(begun, version(begun.number, "ready")), 500);
  return begun;
});
route(`POST ${path}/publish`, ({ body }) => Object.assign(sets[0] ?? {}, { published_number: body["number"] }));
route(`POST ${path}/try`, () => ({ intent: "order_status", title: "Where an order is", score: 0.87, language: "en", anger: 0.04, angry: false, nearest: [["order_status", 0.87], ["refund", 0.08], ["opening_hours", 0.02]] }));
resource("/intent-sets", sets);
resource("/articles", table(81, [{ title: "How to return something", body: "You can return anything within 30 days.\n\nPut it into its box and bring it to any post office.", language: "en", link: "https://shop.example/returns", public: true, project_id: null, read: true, archived: false, updated_at: ago(600) }, { title: "Giờ mở cửa", body: "Cửa hàng mở từ 8 giờ đến 20 giờ.", language: "vi", link: "", public: false, project_id: null, read: false, archived: false, updated_at: ago(60) }]));
route("GET /flow-outcomes/:id", () => ({ contacts: 420, contained: 180, agent: 150, gave_up: 30, left: 58, failed: 2, drop_offs: [{ node: "menu", label: "What it is about", count: 40 }, { node: "number", label: "Order number", count: 18 }] }));

const assistant = { enabled: true, url: "https://models.example/v1", has_key: true, model: "small-one", timeout_s: 8, monthly_tokens: 500_000, answers: true, intents: "unsure", keep_days: 30, used_tokens: 48_210, used_questions: 96, version: 1 };
const exchanges = [
  { id: "00000000-0000-7000-8000-000000000901", purpose: "answer", interaction_id: null, model: "small-one", outcome: "answered", problem: "", said: '{"answer": "You can return anything within 30 days.", "passages": [1]}', tokens: 410, took_ms: 830, at: ago(300) },
  { id: "00000000-0000-7000-8000-000000000902", purpose: "intent", interaction_id: null, model: "small-one", outcome: "busy", problem: "Rate limit reached", said: "", tokens: 0, took_ms: 95, at: ago(4000) },
];
const told = [{ role: "system", content: "You answer a customer of a company in a chat." }, { role: "user", content: JSON.stringify({ question: "Can I send it back?", passages: [{ number: 1, title: "How to return something", text: "You can return anything within 30 days.", link: "" }] }) }];
route("GET /assistant", () => assistant);
route("PATCH /assistant", ({ body }) => Object.assign(assistant, body, { version: assistant.version + 1, key: undefined }));
route("POST /assistant/try", () => ({ state: "ok", problem: "", answer: "Yes, I am here.", tokens: 42, took_ms: 612 }));
route("GET /assistant/exchanges", () => ({ items: exchanges, next_cursor: null }));
route("GET /assistant/exchanges/:id", ({ params }) => ({ ...(exchanges.find((one) => one.id === params["id"]) ?? exchanges[0]), told }));
