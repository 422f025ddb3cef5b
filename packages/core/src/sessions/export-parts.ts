/**
 * What exports of a session share: what is asked for, what goes in, and how
 * times, strengths and shares are written.
 *
 *   K12  What was deleted or said off the record is in no export; what a
 *        therapist noted or supposes is in none for a client.
 */
import { type CitationStatus, verdictOf } from "./citations.ts";
import { type Journey, journeyOf } from "./journey.ts";
import type { SaidMessage } from "./kept.ts";
import { type SessionContext, type SessionState, shownMessages } from "./state.ts";
import { uriOf } from "./uri.ts";

/** Messages of a transcript that is not asked for whole. */
export const TRANSCRIPT_MESSAGES = 50;

export type TherapistNote = {
  readonly text: string;
  readonly at: string;
  readonly by: string | null;
};

export type ExportOptions = {
  readonly transcript: "last50" | "all" | "none";
  readonly export_id: string;
  /** UTC, as all times here. */
  readonly exported_at: string;
  /** Of URIs: `if` unless it was configured otherwise. */
  readonly scheme: string;
  readonly audience: "client" | "therapist";
  /** Notes of the therapist, where they are wanted. */
  readonly notes?: readonly TherapistNote[];
};

/** Everything an export may show, and nothing else. */
export type Exported = {
  readonly uri: string;
  readonly options: ExportOptions;
  readonly state: SessionState;
  readonly journey: Journey;
  /** All that may be shown: what is quoted comes from here. */
  readonly messages: readonly SaidMessage[];
  /** Those of the transcript. */
  readonly transcript: readonly SaidMessage[];
  readonly notes: readonly TherapistNote[];
};

/** What goes into an export, from the state and all messages of its session. (K12) */
export function exportedOf(
  state: SessionState,
  messages: readonly SaidMessage[],
  options: ExportOptions,
): Exported {
  const shown = shownMessages(state, messages);
  const isTherapist = options.audience === "therapist";
  const context = isTherapist ? state.context : forClient(state.context);
  return {
    uri: uriOf(options.scheme, "export", state.metadata.session_id, options.export_id),
    options,
    state: { ...state, context },
    journey: journeyOf(state, shown),
    messages: shown,
    transcript: transcriptOf(shown, options.transcript),
    notes: isTherapist ? (options.notes ?? []) : [],
  };
}

function forClient(context: SessionContext): SessionContext {
  return { ...context, session_notes: null, working_hypotheses: [] };
}

function transcriptOf(
  shown: readonly SaidMessage[],
  wanted: ExportOptions["transcript"],
): readonly SaidMessage[] {
  if (wanted === "none") return [];
  return wanted === "all" ? shown : shown.slice(-TRANSCRIPT_MESSAGES);
}

export type CitationLine = {
  readonly citation_id: string;
  readonly uri: string;
  readonly what: string;
  readonly at: string;
  readonly status: CitationStatus;
};

/** The citations of what an export shows, by kind, oldest first. */
export function citationLines({ state, options }: Exported): {
  readonly emotions: readonly CitationLine[];
  readonly milestones: readonly CitationLine[];
  readonly breakthroughs: readonly CitationLine[];
  readonly models: readonly CitationLine[];
} {
  const line = (citation_id: string, what: string, at: string): CitationLine => ({
    citation_id,
    uri: uriOf(options.scheme, "citation", citation_id),
    what,
    at,
    status: verdictOf(citation_id, state.judgements).status,
  });
  return {
    emotions: state.emotions.map((one) =>
      line(one.citation_id, `${one.from} to ${one.emotion}`, one.at),
    ),
    milestones: state.milestones.map((one) => line(one.citation_id, one.description, one.at)),
    breakthroughs: state.breakthroughs.map((one) => line(one.citation_id, one.insight, one.at)),
    models: state.models.map((one) =>
      line(
        one.citation_id,
        one.from === null ? `${one.to} at the beginning` : `${one.from} to ${one.to}`,
        one.at,
      ),
    ),
  };
}

/** An intensity as tenths: `8/10`. */
export function tenths(intensity: number): string {
  return `${Math.round(intensity * 10)}/10`;
}

/** A confidence as a percentage. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** `2026-11-21 10:04:09 UTC`, or a dash when there is no time. */
export function moment(at: string | null): string {
  return at === null ? "-" : `${dayOf(at)} ${clock(at)} UTC`;
}

/** `10:04:09`. */
export function clock(at: string): string {
  return at.slice(11, 19);
}

/** `2026-11-21`. */
export function dayOf(at: string): string {
  return at.slice(0, 10);
}
