/**
 * What became of a forget: a file for people, and what the workers go on from.
 *
 * The plan beside it holds names, because stores keep things by name, and is
 * taken away when everything is done.
 */
import { z } from "zod";
import type { ForgetRecord, Hidden } from "./ask.ts";
import type { Range } from "./ranges.ts";
import type { Reworded } from "./rewording.ts";

/** The places that are looked at, in their order. */
export const FORGET_STEPS = [
  "planning",
  "journal",
  "recorder",
  "postgres",
  "redis",
  "files",
  "done",
] as const;
export type ForgetStep = (typeof FORGET_STEPS)[number];

export type Receipt = {
  readonly receipt_id: string;
  readonly state: "pending" | "done";
  /** The step it is at. */
  readonly step: ForgetStep;
  /** The place of the journal it was asked at: what lies below it is meant. */
  readonly seq: number;
  readonly asked_at: string;
  readonly done_at: string | null;
  readonly what: Hidden;
  readonly reason: string | null;
  /** How many of what, by place. */
  readonly counts: Readonly<Record<string, number>>;
  /** What a person should know: files that are passed over from now on, what could not be looked at. */
  readonly notes: readonly string[];
  /** Why it does not get on at the moment; it is tried again by itself. */
  readonly problem: string | null;
};

/** What belongs to it, worked out from the journal once. */
export type ForgetPlan = {
  readonly receipt_id: string;
  readonly ranges: readonly Range[];
  readonly bytes: number;
  /** Entries that also hold something of others. */
  readonly shared: number;
  readonly sessions: readonly { readonly user_id: string | null; readonly session_id: string }[];
  readonly conversations: readonly { readonly owner: string; readonly conversation_id: string }[];
  readonly files: readonly {
    readonly source: string;
    readonly path: string;
    readonly whole: boolean;
  }[];
  /** Entries that stay, without the words of what is forgotten (Y20). */
  readonly reworded: readonly Reworded[];
  /** Entries that stay, and are read with an eye on one that goes: what is made of them is made again. */
  readonly neighbours: readonly number[];
};

const digest = z.string().optional();
const schema: z.ZodType<Receipt> = z.object({
  receipt_id: z.uuid(),
  state: z.enum(["pending", "done"]),
  step: z.enum(FORGET_STEPS),
  seq: z.number().int().positive(),
  asked_at: z.string(),
  done_at: z.string().nullable(),
  what: z.object({
    session_sha256: digest,
    message_sha256: digest,
    user_sha256: digest,
    conversation_sha256: digest,
    files_sha256: z.array(z.string()).readonly().optional(),
    before: z.string().optional(),
    sessions_sha256: z.array(z.string()).optional(),
  }),
  reason: z.string().nullable(),
  counts: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
  problem: z.string().nullable(),
});

const plan: z.ZodType<ForgetPlan> = z.object({
  receipt_id: z.uuid(),
  ranges: z.array(z.tuple([z.number(), z.number()])),
  bytes: z.number(),
  shared: z.number(),
  sessions: z.array(z.object({ user_id: z.string().nullable(), session_id: z.string() })),
  conversations: z.array(z.object({ owner: z.string(), conversation_id: z.string() })),
  files: z.array(z.object({ source: z.string(), path: z.string(), whole: z.boolean() })),
  neighbours: z.array(z.number()).default([]),
  reworded: z.array(z.object({ seq: z.number(), text: z.string() })).default([]),
});

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text can be a receipt's name: nothing else becomes a file's. */
export function isReceiptId(text: string): boolean {
  return ID.test(text);
}

/** The receipt of a forget that was just asked for. */
export function newReceipt(
  said: Pick<ForgetRecord, "receipt_id" | "what" | "reason">,
  moment: { readonly seq: number; readonly at: string },
): Receipt {
  return {
    receipt_id: said.receipt_id,
    state: "pending",
    step: "planning",
    seq: moment.seq,
    asked_at: moment.at,
    done_at: null,
    what: said.what,
    reason: said.reason,
    counts: {},
    notes: [],
    problem: null,
  };
}

/** A receipt's text as a receipt, or null when it is none. */
export function receiptFrom(text: string | null): Receipt | null {
  return schema.safeParse(jsonOf(text)).data ?? null;
}

/** A plan's text as a plan, or null when it is none. */
export function planFrom(text: string | null): ForgetPlan | null {
  return plan.safeParse(jsonOf(text)).data ?? null;
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Which of them came to the files of the home, and when they were done: another text when one more has. */
export function reachedFiles(receipts: readonly Receipt[]): string {
  return receipts
    .filter(({ step }) => step === "files" || step === "done")
    .map(({ receipt_id, step, done_at }) => `${receipt_id} ${step} ${done_at ?? ""}`)
    .toSorted()
    .join("\n");
}
