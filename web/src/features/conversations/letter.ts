import type { Id, Letter } from "@/shared/api/types";

/** To whom a letter goes and what it is about: an answer to one that came, or that one sent on to somebody outside. */
export interface Heading { mode: "answer" | "all" | "forward"; about: Id; to: string[]; cc: string[]; bcc: string[]; subject: string }
export const RECEIVERS = ["to", "cc", "bcc"] as const;
export const MOST_RECEIVERS = 50;

const ADDRESS = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/i;
export const isAddress = (text: string): boolean => text.length <= 254 && ADDRESS.test(text) && !/^\.|\.\.|\.@/.test(text);

/** What a letter of this kind begins with. */
export function headingOf(letter: Letter, mode: Heading["mode"]): Heading {
  return {
    mode, about: letter.message_id, to: mode === "forward" ? [] : [letter.answer_to], cc: mode === "all" ? letter.others : [], bcc: [],
    subject: mode === "forward" ? letter.forward_subject : letter.answer_subject,
  };
}

/** The addresses of a heading that are none. */
export const wrongIn = (heading: Heading, field: (typeof RECEIVERS)[number]): string[] => heading[field].filter((one) => !isAddress(one));

export function mayGo(heading: Heading): boolean {
  const all = RECEIVERS.flatMap((field) => heading[field]);
  return heading.to.length > 0 && all.length <= MOST_RECEIVERS && all.every(isAddress);
}

/** One that the server kept. */
export function headingFrom(kept: Record<string, unknown> | null | undefined): Heading | undefined {
  if (!kept) return undefined;
  const { to, cc, bcc, subject, answers, forwards } = kept as unknown as Omit<Heading, "mode" | "about"> & { answers: Id | null; forwards: Id | null };
  return { mode: forwards ? "forward" : cc.length > 0 ? "all" : "answer", about: forwards ?? answers ?? "", to, cc, bcc, subject };
}

/** As the server takes it. */
export function wishOf({ mode, about, to, cc, bcc, subject }: Heading): object {
  return { to, cc, bcc, subject, ...(mode === "forward" ? { forwards: about } : { answers: about }) };
}

/** What is wrong with each address that the server refused: `to.0` is the first of those whom it goes to. */
export function refusedAddresses(heading: Heading, fields: Record<string, string>): string[] {
  return Object.entries(fields).flatMap(([name, why]) => {
    const [field, place] = name.split(".");
    const list = RECEIVERS.find((one) => one === field);
    const address = list && heading[list][Number(place)];
    return address ? [`${address}: ${why}`] : [];
  });
}
