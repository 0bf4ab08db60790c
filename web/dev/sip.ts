import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";

/** The least SIP registrar and caller that a browser softphone can be developed against: signalling only, no media. */
let phone: { socket: WebSocket; contact: string } | null = null;
const dialogs = new Map<string, { callId: string; from: string; to: string; onAnswer: () => void }>();
const header = (text: string, name: string): string => new RegExp(`^${name}: *(.*)$`, "im").exec(text)?.[1]?.trim() ?? "";
const all = (text: string, name: string): string[] => [...text.matchAll(new RegExp(`^${name}: *(.*)$`, "gim"))].map((match) => match[1]?.trim() ?? "");

const OFFER = (fingerprint: string) => [
  "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 101", "c=IN IP4 0.0.0.0", "a=rtcp-mux",
  "a=ice-ufrag:devu", "a=ice-pwd:devpassworddevpassworddev", `a=fingerprint:sha-256 ${fingerprint}`, "a=setup:actpass", "a=mid:0", "a=sendrecv",
  "a=rtpmap:111 opus/48000/2", "a=rtpmap:101 telephone-event/8000", "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host", "",
].join("\r\n");

function reply(socket: WebSocket, request: string, status: string, extra: string[] = []): void {
  const to = header(request, "To");
  const lines = [
    `SIP/2.0 ${status}`, ...all(request, "Via").map((via) => `Via: ${via}`), `From: ${header(request, "From")}`,
    `To: ${to.includes("tag=") ? to : `${to};tag=dev`}`, `Call-ID: ${header(request, "Call-ID")}`, `CSeq: ${header(request, "CSeq")}`, ...extra, "Content-Length: 0", "", "",
  ];
  socket.send(lines.join("\r\n"));
}

function send(method: string, callId: string, from: string, to: string, cseq: string, extra: string[] = [], body = ""): void {
  if (!phone) return;
  const lines = [
    `${method} ${phone.contact} SIP/2.0`, `Via: SIP/2.0/WS dev.invalid;branch=z9hG4bK${randomBytes(6).toString("hex")}`, "Max-Forwards: 70",
    `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`, `CSeq: ${cseq}`, "Contact: <sip:dev@dev.invalid;transport=ws>", ...extra,
    ...(body ? ["Content-Type: application/sdp"] : []), `Content-Length: ${Buffer.byteLength(body)}`, "", body,
  ];
  phone.socket.send(lines.join("\r\n"));
}

export function invite(headers: string[], onAnswer: () => void, caller = "<sip:caller@dev.invalid>"): string {
  const callId = randomBytes(8).toString("hex");
  const fingerprint = [...randomBytes(32)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
  const from = `${caller};tag=${callId.slice(0, 6)}`;
  dialogs.set(callId, { callId, from, to: `<sip:agent@dev.invalid>`, onAnswer });
  send("INVITE", callId, from, "<sip:agent@dev.invalid>", "1 INVITE", headers, OFFER(fingerprint));
  return callId;
}

export function bye(callId: string | null): void {
  const dialog = callId ? dialogs.get(callId) : undefined;
  if (!dialog) return;
  send(dialog.to.includes("tag=") ? "BYE" : "CANCEL", dialog.callId, dialog.from, dialog.to, dialog.to.includes("tag=") ? "2 BYE" : "1 CANCEL");
  dialogs.delete(dialog.callId);
}

export const registered = (): boolean => phone !== null;

export function attachSip(socket: WebSocket): void {
  socket.on("close", () => {
    if (phone?.socket === socket) phone = null;
  });
  socket.on("message", (raw: Buffer) => {
    const text = raw.toString();
    if (text.startsWith("REGISTER ")) {
      const contact = header(text, "Contact");
      const gone = /expires=0\b/.test(contact) || header(text, "Expires") === "0";
      phone = gone ? null : { socket, contact: /<([^>]+)>/.exec(contact)?.[1] ?? "sip:x@dev.invalid" };
      reply(socket, text, "200 OK", gone ? [] : [`Contact: ${contact};expires=600`]);
    } else if (text.startsWith("SIP/2.0 200") && /INVITE/.test(header(text, "CSeq"))) {
      const dialog = dialogs.get(header(text, "Call-ID"));
      if (!dialog) return;
      dialog.to = header(text, "To");
      send("ACK", dialog.callId, dialog.from, dialog.to, "1 ACK");
      dialog.onAnswer();
    } else if (/^(BYE|CANCEL|INFO|OPTIONS|MESSAGE) /.test(text)) {
      reply(socket, text, "200 OK");
    }
  });
}
