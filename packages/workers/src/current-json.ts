/**
 * current.json: the newest messages for whoever reads a file and nothing else.
 *
 * Oldest first, with a separator where the session changes; written at most every
 * EVERY_MS and only when it changed.
 */
import type { EnrichedMessage, Log } from "@verbatim/core";

/** Often enough to look live, seldom enough that a busy minute is a dozen writes. */
const EVERY_MS = 5000;

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
function fingerprintOf(window: readonly EnrichedMessage[]): string {
  return window.map((one) => `${one.seq}.${one.sub}`).join(" ");
}

type Keeping = {
  /** Newest first. */
  readonly window: () => Promise<readonly EnrichedMessage[]>;
  readonly write: (json: string) => Promise<void>;
  readonly log: Log;
};

/** Keeps the file up to date until disposed. */
export function keepCurrent({ window, write, log }: Keeping): Disposable {
  let written = "";
  const timer = setInterval(async () => {
    try {
      const newest = await window();
      const fingerprint = fingerprintOf(newest);
      if (fingerprint === written) return;
      await write(JSON.stringify(currentOf(newest, new Date().toISOString())));
      written = fingerprint;
    } catch (error) {
      log.warn("current_json_not_written", { why: String(error) });
    }
  }, EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
