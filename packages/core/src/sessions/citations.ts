/**
 * Citations: every change of a session's state can be cited, with what it rests
 * on and whether anybody has confirmed or disputed it.
 *
 *   K8  Every event that changes the state has a citation of its own; what was
 *       revoked stays revoked, and every judgement stays in the trail.
 */

import { MARKED_CONFIDENCE, timeOf } from "./changes.ts";
import type { Emotion, EventName, Feeling, Moment, SessionEvent, Verdict } from "./event.ts";
import { sisterId } from "./keys.ts";
import type { Judgement } from "./state.ts";
import { uriOf } from "./uri.ts";

export type CitationType =
  | "emotion_state_update"
  | "milestone_recorded"
  | "breakthrough_recorded"
  | "model_switch"
  | "context_update"
  | "session_event"
  | "conversation_event";

export type CitationStatus = "unverified" | Verdict;

export type Citation = {
  readonly citation_id: string;
  readonly uri: string;
  readonly type: CitationType;
  readonly user_id: string;
  readonly session_id: string;
  readonly at: string;
  readonly seq: number;
  /** What happened, as a name: `emotion_changed_from_anxious_to_exploring`. */
  readonly event: string;
  /** As sure as whoever said it was: 0 to 1. What was simply done is 1. */
  readonly confidence: number;
  /** Ids of the messages it rests on. */
  readonly evidence: readonly string[];
  readonly status: CitationStatus;
  readonly trail: readonly Verdicted[];
};

/** One step of a citation's trail. A judgement of what was revoked before is kept, and changes nothing. */
export type Verdicted = Judgement & { readonly counted: boolean };

/** What a citation needs to know beside the event. */
export type CitingContext = {
  readonly scheme: string;
  /** The session's emotion before the event. */
  readonly emotion: Emotion;
  /** The session's model before the event. */
  readonly model: string | null;
};

type Cite = {
  readonly id?: string;
  readonly type: CitationType;
  readonly event: string;
  readonly confidence?: number;
  readonly evidence?: readonly string[];
};

/** Events of a conversation or a session as a whole. */
const PLAIN: Readonly<Partial<Record<EventName, CitationType>>> = {
  conversation_opened: "conversation_event",
  conversation_deleted: "conversation_event",
  session_started: "session_event",
  session_resumed: "session_event",
  session_closed: "session_event",
  message_deleted: "session_event",
  ttl_changed: "session_event",
  off_record_set: "session_event",
  session_forgotten: "session_event",
  user_forgotten: "session_event",
  context_changed: "context_update",
};

/** The citations of an event, not judged yet: most have one, a message one for each change it brought. */
export function citationsOf(
  event: SessionEvent,
  moment: Moment,
  context: CitingContext,
): readonly Citation[] {
  const at = timeOf(event, moment);
  return citesOf(event, context).map((cite) => {
    const citation_id = cite.id ?? event.event_id;
    return {
      citation_id,
      uri: uriOf(context.scheme, "citation", citation_id),
      type: cite.type,
      user_id: event.user_id,
      session_id: event.session_id,
      at,
      seq: moment.seq,
      event: cite.event,
      confidence: cite.confidence ?? 1,
      evidence: cite.evidence ?? [],
      status: "unverified",
      trail: [],
    };
  });
}

/** A citation as judgements leave it, in whatever order they came to us. (K8) */
export function judged(citation: Citation, judgements: readonly Judgement[]): Citation {
  return { ...citation, ...verdictOf(citation.citation_id, judgements) };
}

/** How a citation stands after judgements, those of others among them, and how it came to. */
export function verdictOf(
  citationId: string,
  judgements: readonly Judgement[],
): { readonly status: CitationStatus; readonly trail: readonly Verdicted[] } {
  let status: CitationStatus = "unverified";
  const trail: Verdicted[] = [];
  const ours = judgements.filter(({ citation_id }) => citation_id === citationId);
  for (const judgement of ours.toSorted((one, other) => one.seq - other.seq)) {
    const counted = status !== "revoked";
    if (counted) status = judgement.status;
    trail.push({ ...judgement, counted });
  }
  return { status, trail };
}

/** Whether a citation may be judged: one that is revoked may not. */
export function isFinal({ status }: Citation): boolean {
  return status === "revoked";
}

function citesOf(event: SessionEvent, context: CitingContext): readonly Cite[] {
  switch (event.event) {
    case "message_said":
      return messageCites(event, context);
    case "emotion_changed":
      return [emotionCite(event, event.evidence ?? [], context)];
    case "milestone_reached":
      return [{ type: "milestone_recorded", event: "milestone_reached" }];
    case "breakthrough_recorded": {
      const { category, confidence, trigger_message_id } = event;
      const evidence = trigger_message_id === undefined ? [] : [trigger_message_id];
      return [
        { type: "breakthrough_recorded", event: `breakthrough_${category}`, confidence, evidence },
      ];
    }
    case "model_switched":
      return [
        {
          type: "model_switch",
          event: `model_switched_from_${context.model ?? "none"}_to_${event.model}`,
        },
      ];
    default: {
      const type = PLAIN[event.event];
      return type === undefined ? [] : [{ type, event: event.event }];
    }
  }
}

function messageCites(
  event: SessionEvent<"message_said">,
  context: CitingContext,
): readonly Cite[] {
  const evidence = [event.message_id];
  const { emotion, event_id } = event;
  const felt = emotion === undefined ? [] : [emotionCite(emotion, evidence, context)];
  if (event.is_breakthrough !== true && event.insight === undefined) return felt;
  const id = emotion === undefined ? event_id : sisterId(event_id);
  const breakthrough = { type: "breakthrough_recorded", event: "breakthrough_insight" } as const;
  return [...felt, { ...breakthrough, id, confidence: MARKED_CONFIDENCE, evidence }];
}

function emotionCite(felt: Feeling, evidence: readonly string[], { emotion }: CitingContext): Cite {
  const event = `emotion_changed_from_${emotion}_to_${felt.emotion}`;
  return { type: "emotion_state_update", event, confidence: felt.confidence, evidence };
}
