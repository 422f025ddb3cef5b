/**
 * What a request with a name of its own (Idempotency-Key) did before, out of the
 * journal: an answer that outlives this process (G22).
 */
import type { Entry } from "@verbatim/core";
import {
  type Conversation,
  type Generation,
  readEvent,
  type SessionEvent,
  sessionIdFor,
} from "@verbatim/core/sessions";
import { lost } from "./openings.ts";
import { isSameRequest, type Recorder } from "./recorder.ts";

export interface Requested {
  /** The event that opened a generation. */
  opening(generation: Generation): Promise<SessionEvent<"conversation_opened">>;
  /** Whether this very request has let go of a conversation that was let go of. */
  isDone(event: SessionEvent<"conversation_deleted">): Promise<boolean>;
}

type Ports = {
  readonly entry: (seq: number) => Promise<Entry | null>;
  readonly recorder: Recorder;
};

/** Requests over these ports. */
export function openRequested({ entry, recorder }: Ports): Requested {
  return {
    opening: async ({ at_seq }) => {
      const found = await entry(at_seq);
      const read = found === null ? null : readEvent(found.raw);
      if (read?.ok === true && read.value.event === "conversation_opened") return read.value;
      throw lost();
    },
    isDone: async (event) => {
      if (event.request === undefined) return false;
      // It was said already, so this records nothing: the writer says by whom.
      const [done] = await recorder.record([event]);
      const held = done?.happened.event;
      return held !== undefined && isSameRequest(held, event);
    },
  };
}

/** The generation a request opened, or null. */
export function replayIn(
  conversation: Conversation | null,
  request: string | undefined,
  sha256: (data: Uint8Array | string) => string,
): Generation | null {
  if (conversation === null || request === undefined) return null;
  const session_id = sessionIdFor({ ...conversation, request }, sha256);
  return conversation.history.find((one) => one.session_id === session_id) ?? null;
}
