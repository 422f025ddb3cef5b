/**
 * What sessions must be, by what was acknowledged alone: a model in memory that
 * knows nothing of events, folds or stores.
 */

type Said = {
  readonly message_id: string;
  readonly role: string;
  readonly content: string;
  readonly model: string | null;
};
type Felt = { readonly emotion: string; readonly intensity: number; readonly confidence: number };

/** A session as its user believes it to be. */
export type ModelSession = {
  readonly user: string;
  readonly session_id: string;
  said: readonly Said[];
  readonly deleted: Set<string>;
  readonly felt: Felt[];
  readonly milestones: { readonly description: string; readonly emotion: string }[];
  readonly breakthroughs: { readonly insight: string; readonly confidence: number }[];
  readonly context: Record<string, string | null>;
  model: string | null;
  isClosed: boolean;
  readonly cited: Set<string>;
  readonly forked_from: { readonly session_id: string; readonly seq: number } | null;
  /** What a fork goes on from, oldest first. */
  before: readonly { readonly of: ModelSession; readonly said: readonly Said[] }[];
};

/** A session in which nothing happened. */
export function modelSession(
  user: string,
  session_id: string,
  forked_from: ModelSession["forked_from"] = null,
): ModelSession {
  return {
    user,
    session_id,
    said: [],
    deleted: new Set(),
    felt: [],
    milestones: [],
    breakthroughs: [],
    context: {
      current_theme: null,
      therapeutic_focus: null,
      client_state_summary: null,
      session_notes: null,
    },
    model: null,
    isClosed: false,
    cited: new Set(),
    forked_from,
    before: [],
  };
}

/** The same as every place that knows a session must show it. */
export type Shown = {
  readonly emotion: Felt;
  readonly felt: readonly Felt[];
  readonly milestones: Readonly<ModelSession["milestones"]>;
  readonly breakthroughs: Readonly<ModelSession["breakthroughs"]>;
  readonly context: ModelSession["context"];
  readonly model: string | null;
  readonly isClosed: boolean;
  readonly forked_from: ModelSession["forked_from"];
  readonly messages: number;
  readonly deleted: number;
};

/** Where a session starts, before anybody felt anything. */
const CALM: Felt = { emotion: "neutral", intensity: 0, confidence: 0.5 };

export function shownOf(one: ModelSession): Shown {
  const { felt, milestones, breakthroughs, context, model, isClosed, forked_from } = one;
  return {
    emotion: felt.at(-1) ?? CALM,
    felt,
    milestones,
    breakthroughs,
    context,
    model,
    isClosed,
    forked_from,
    messages: wordsOf(one).length,
    deleted: one.deleted.size,
  };
}

/** The words that are still there, in order. */
export function wordsOf({ said, deleted }: ModelSession): readonly Said[] {
  return said.filter(({ message_id }) => !deleted.has(message_id));
}

/** Those, after the words it was forked from. */
export function historyOf(session: ModelSession): readonly Said[] {
  const older = session.before.flatMap(({ of, said }) =>
    said.filter(({ message_id }) => !of.deleted.has(message_id)),
  );
  return [...older, ...wordsOf(session)];
}

type State = {
  readonly metadata: { readonly last_model: string | null; readonly closed_at: string | null };
  readonly emotion: Felt;
  readonly emotions: readonly Felt[];
  readonly milestones: Readonly<ModelSession["milestones"]>;
  readonly breakthroughs: Readonly<ModelSession["breakthroughs"]>;
  readonly context: { readonly [Field: string]: unknown };
  readonly forked_from: ModelSession["forked_from"];
  readonly counts: { readonly messages: number };
  readonly deleted: readonly string[];
};

function feltIn({ emotion, intensity, confidence }: Felt): Felt {
  return { emotion, intensity, confidence };
}

/** A state as a store gives it, in the model's words. */
export function shownIn(
  state: Omit<State, "emotion"> & {
    readonly emotion: { readonly current: string } & Omit<Felt, "emotion">;
  },
): Shown {
  const { metadata, emotion, context } = state;
  const { current, intensity, confidence } = emotion;
  const fields = ["current_theme", "therapeutic_focus", "client_state_summary", "session_notes"];
  return {
    emotion: { emotion: current, intensity, confidence },
    felt: state.emotions.map(feltIn),
    milestones: state.milestones.map((one) => ({
      description: one.description,
      emotion: one.emotion,
    })),
    breakthroughs: state.breakthroughs.map((one) => ({
      insight: one.insight,
      confidence: one.confidence,
    })),
    context: Object.fromEntries(fields.map((name) => [name, textIn(context[name])])),
    model: metadata.last_model,
    isClosed: metadata.closed_at !== null,
    forked_from: state.forked_from,
    messages: state.counts.messages,
    deleted: state.deleted.length,
  };
}

function textIn(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Words as the wire or a store gives them, in the model's words. */
export function wordsIn(rows: readonly Said[]): readonly Said[] {
  return rows.map(({ message_id, role, content, model }) => ({ message_id, role, content, model }));
}
