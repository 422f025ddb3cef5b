/**
 * Asking for something to be forgotten, as an entry of the journal: it is what
 * makes a forget certain, and what is gone on with after a crash.
 *
 *   Y11  The entry holds no name: users, sessions and conversations are in it as
 *        sha-256, so that it can stay for ever.
 *
 * Everything at a lower place of the journal is meant, nothing at a higher one.
 */
import { z } from "zod";
import type { Offered } from "../intake/port.ts";
import type { Sha256 } from "../settle/port.ts";

/** What is to be forgotten: a session (of one user, where that is said), one message of it, a user, or a conversation of a user. */
export type ForgetWhat = {
  readonly session_id?: string | undefined;
  readonly message_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly conversation_id?: string | undefined;
};

/** The same without names. */
export type Hidden = {
  readonly session_sha256?: string | undefined;
  readonly message_sha256?: string | undefined;
  readonly user_sha256?: string | undefined;
  readonly conversation_sha256?: string | undefined;
  /** Files of a source, each as sha-256 of its source and path, of which nothing was said since `before`. */
  readonly files_sha256?: readonly string[] | undefined;
  readonly before?: string | undefined;
  /** The conversation's sessions, as far as they were known when it was asked for: what was said in them need not name it. */
  readonly sessions_sha256?: readonly string[] | undefined;
};

/** Files that one forget may name: its entry stays small. */
export const FORGET_FILES_MAX = 1000;

/** What the entry says. */
export type ForgetRecord = {
  readonly v: 1;
  readonly type: "forget";
  readonly receipt_id: string;
  readonly what: Hidden;
  /** In the words of whoever asked; kept for ever, so it should name nobody. */
  readonly reason: string | null;
};

/** What the entry says that ends it: the receipt. */
type ForgottenRecord = {
  readonly v: 1;
  readonly type: "forgotten";
  readonly receipt_id: string;
  readonly counts: Readonly<Record<string, number>>;
};

/** The source of what Verbatim writes of itself. */
export const OWN_SOURCE = "verbatim";
const ASK_KEY = /^forget[/]([0-9a-f-]{36})$/;
const DONE_KEY = /^forgotten[/]([0-9a-f-]{36})$/;
const REASON_CHARS_MAX = 500;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const record: z.ZodType<ForgetRecord> = z.strictObject({
  v: z.literal(1),
  type: z.literal("forget"),
  receipt_id: z.uuid(),
  what: z.strictObject({
    session_sha256: digest.optional(),
    message_sha256: digest.optional(),
    user_sha256: digest.optional(),
    conversation_sha256: digest.optional(),
    files_sha256: z.array(digest).max(FORGET_FILES_MAX).readonly().optional(),
    before: z.string().optional(),
    sessions_sha256: z.array(digest).optional(),
  }),
  reason: z.string().nullable(),
});

/** What is asked for, without its names. (Y11) */
export function hidden(
  { session_id, message_id, user_id, conversation_id }: ForgetWhat,
  sha256: Sha256,
  sessions: readonly string[] = [],
): Hidden {
  return {
    ...(session_id === undefined ? {} : { session_sha256: sha256(session_id) }),
    ...(message_id === undefined ? {} : { message_sha256: sha256(message_id) }),
    ...(user_id === undefined ? {} : { user_sha256: sha256(user_id) }),
    ...(conversation_id === undefined ? {} : { conversation_sha256: sha256(conversation_id) }),
    ...(sessions.length === 0 ? {} : { sessions_sha256: sessions.map((one) => sha256(one)) }),
  };
}

/** Why something cannot be asked for, or null. */
export function wrongWith(what: ForgetWhat): string | null {
  const { session_id, message_id, user_id, conversation_id } = what;
  if (message_id !== undefined && session_id === undefined)
    return "a message is of a session: say also which session";
  if (session_id === undefined && user_id === undefined) return "say which session, or which user";
  if (conversation_id !== undefined && user_id === undefined)
    return "a conversation is a user's: say also which user";
  if (conversation_id !== undefined && session_id !== undefined)
    return "say a session or a conversation, not both";
  if (session_id === OWN_SOURCE) return "what Verbatim writes of itself names nobody and stays";
  return null;
}

/** The entry that asks, as the journal's writer takes it: twice is once. */
export function offeredForget(ask: Pick<ForgetRecord, "receipt_id" | "what" | "reason">): Offered {
  const said: ForgetRecord = {
    v: 1,
    type: "forget",
    receipt_id: ask.receipt_id,
    what: ask.what,
    reason: ask.reason?.slice(0, REASON_CHARS_MAX).toWellFormed() ?? null,
  };
  return offered(`forget/${ask.receipt_id}`, said);
}

/** The entry that ends it. */
export function offeredForgotten(
  receipt_id: string,
  counts: Readonly<Record<string, number>>,
): Offered {
  const said: ForgottenRecord = { v: 1, type: "forgotten", receipt_id, counts };
  return offered(`forgotten/${receipt_id}`, said);
}

function offered(key: string, said: object): Offered {
  const raw = new TextEncoder().encode(JSON.stringify(said));
  return { source: OWN_SOURCE, key, raw, once: true };
}

type Named = { readonly source: string; readonly key: string };

/** The receipt an entry asks for, or null when it asks for none. */
export function askedBy({ source, key }: Named): string | null {
  return source === OWN_SOURCE ? (ASK_KEY.exec(key)?.[1] ?? null) : null;
}

/** The receipt an entry ends, or null. */
export function endedBy({ source, key }: Named): string | null {
  return source === OWN_SOURCE ? (DONE_KEY.exec(key)?.[1] ?? null) : null;
}

/** What an entry asks for; null when it is no such entry. */
export function forgetIn(raw: Uint8Array): ForgetRecord | null {
  try {
    return record.safeParse(JSON.parse(new TextDecoder().decode(raw))).data ?? null;
  } catch {
    return null;
  }
}
