/**
 * current.json: the newest messages for whoever reads a file and nothing else.
 *
 * Oldest first, with a separator where the session changes. Pure; main.ts writes
 * it, at most every EVERY_MS and only when it changed.
 */
import type { EnrichedMessage } from "@verbatim/core";

/** Often enough to look live, seldom enough that a busy minute is a dozen writes. */
export const EVERY_MS = 5000;

type Separator = {
  readonly type: "session_separator";
  readonly session_id: string;
  readonly at: string;
};

export type Current = {
  readonly updated_at: string;
  readonly total: number;
  readonly sessions_included: readonly string[];
  readonly messages: readonly (EnrichedMessage | Separator)[];
};

/** The file's content, from the window as the hot store gives it: newest first. */
export function currentOf(window: readonly EnrichedMessage[], now: string): Current {
  const messages: (EnrichedMessage | Separator)[] = [];
  let session: string | null = null;
  for (const message of window.toReversed()) {
    if (message.session_id !== session) {
      session = message.session_id;
      messages.push({ type: "session_separator", session_id: session, at: message.said_at });
    }
    messages.push(message);
  }
  return {
    updated_at: now,
    total: window.length,
    sessions_included: [...new Set(window.toReversed().map((one) => one.session_id))],
    messages,
  };
}

/** What decides whether the file is out of date: the window, not the clock. */
export function fingerprintOf(window: readonly EnrichedMessage[]): string {
  return window.map((one) => `${one.seq}.${one.sub}`).join(" ");
}
