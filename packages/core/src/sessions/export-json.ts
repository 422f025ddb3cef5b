/**
 * A session as JSON: the same as the Markdown shows, with real numbers, times
 * and lists.
 */
import { type CitationStatus, verdictOf } from "./citations.ts";
import {
  citationLines,
  type ExportOptions,
  exportedOf,
  type TherapistNote,
} from "./export-parts.ts";
import type { Journey } from "./journey.ts";
import type { SaidMessage } from "./kept.ts";
import { type OpenedShown, openedShown } from "./opened.ts";
import type { SessionState } from "./state.ts";

/** With how its citation was judged. */
type Judged<One> = One & { readonly status: CitationStatus };

export type SessionExport = {
  readonly export_id: string;
  readonly uri: string;
  readonly export_timestamp: string;
  readonly audience: ExportOptions["audience"];
  readonly session_metadata: SessionState["metadata"];
  readonly emotional_state: SessionState["emotion"];
  readonly emotion_history: SessionState["emotions"];
  readonly messages: readonly SaidMessage[];
  readonly milestones: readonly Judged<Journey["milestones"][number]>[];
  /** Most confident first. */
  readonly breakthroughs: readonly Judged<SessionState["breakthroughs"][number]>[];
  readonly context_snapshot: SessionState["context"];
  readonly model_switches: SessionState["models"];
  readonly statistics: Omit<
    Journey,
    "emotions" | "milestones" | "breakthroughs" | "breakthroughs_by_confidence"
  >;
  readonly citations: ReturnType<typeof citationLines>;
  readonly notes: readonly TherapistNote[];
  /** How it began, when it goes on from another session. */
  readonly opened: OpenedShown | null;
  readonly forked_from: SessionState["forked_from"];
};

/** The export of a session, from its state and all of its messages. */
export function sessionJson(
  state: SessionState,
  messages: readonly SaidMessage[],
  options: ExportOptions,
): SessionExport {
  const exported = exportedOf(state, messages, options);
  const { journey, uri, notes } = exported;
  const {
    emotions,
    milestones,
    breakthroughs: _,
    breakthroughs_by_confidence,
    ...statistics
  } = journey;
  return {
    export_id: options.export_id,
    uri,
    export_timestamp: options.exported_at,
    audience: options.audience,
    session_metadata: state.metadata,
    emotional_state: state.emotion,
    emotion_history: emotions,
    messages: exported.transcript,
    milestones: milestones.map((one) => judgedOf(one, state)),
    breakthroughs: breakthroughs_by_confidence.map((one) => judgedOf(one, state)),
    context_snapshot: exported.state.context,
    model_switches: state.models,
    statistics,
    citations: citationLines(exported),
    notes,
    opened: openedShown(state.opened),
    forked_from: state.forked_from,
  };
}

function judgedOf<One extends { readonly citation_id: string }>(
  one: One,
  { judgements }: SessionState,
): Judged<One> {
  return { ...one, status: verdictOf(one.citation_id, judgements).status };
}
