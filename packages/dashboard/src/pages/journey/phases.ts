/**
 * A journey in phases: how long each emotion held, and what was reached in it. Pure.
 *
 *   B34  Phases follow each other without a gap from the first emotion to the
 *        end, and everything that was reached is in exactly one of them, or
 *        before the first.
 */
import type { JourneyAnswer } from "@verbatim/api/contract-sessions";

type Feeling = JourneyAnswer["emotions"][number];
type Milestone = JourneyAnswer["milestones"][number];
type Breakthrough = JourneyAnswer["breakthroughs"][number];

export type Phase = {
  /** Null of the time before anybody said how they felt. */
  readonly emotion: Feeling["emotion"] | null;
  readonly from: string;
  readonly to: string;
  readonly feelings: readonly Feeling[];
  readonly milestones: readonly Milestone[];
  readonly breakthroughs: readonly Breakthrough[];
};

/** Times of a journey: from the first thing that is known to the last. */
export type Span = { readonly from: string; readonly to: string };

/** The phases, oldest first. */
export function phasesOf(journey: JourneyAnswer, span: Span): readonly Phase[] {
  const starts = startsOf(journey, span);
  return starts.map(({ emotion, at, seq }, place) => {
    const next = starts[place + 1];
    const isIn = (one: { readonly seq: number }): boolean =>
      one.seq >= seq && (next === undefined || one.seq < next.seq);
    return {
      emotion,
      from: at,
      to: next?.at ?? span.to,
      feelings: journey.emotions.filter(isIn),
      milestones: journey.milestones.filter(isIn),
      breakthroughs: journey.breakthroughs.filter(isIn).toReversed(),
    };
  });
}

type Start = {
  readonly emotion: Feeling["emotion"] | null;
  readonly at: string;
  readonly seq: number;
};

/** Where one emotion gives way to another; a new strength of the same one begins nothing. */
function startsOf(
  { emotions, milestones, breakthroughs }: JourneyAnswer,
  { from }: Span,
): readonly Start[] {
  const starts: Start[] = [];
  const firstSeq = emotions[0]?.seq ?? Number.POSITIVE_INFINITY;
  const isBefore = [...milestones, ...breakthroughs].some(({ seq }) => seq < firstSeq);
  if (isBefore) starts.push({ emotion: null, at: from, seq: 0 });
  for (const { emotion, at, seq } of emotions)
    if (starts.at(-1)?.emotion !== emotion || starts.length === 0)
      starts.push({ emotion, at, seq });
  return starts;
}
