/**
 * What is kept of a session, and the changes that may be made to it: of a kind
 * that may be made in any order and any number of times.
 *
 *   set     a field; of several the one with the highest seq holds
 *   first   a field; of several the one with the lowest seq holds
 *   add     a member to a list, by its id; of several with one id the one with
 *           the lowest seq holds
 *   remove  a member for good, also when it is added later
 */
import type { Category, Emotion, Speaker, Verdict } from "./event.ts";

/** A message as a session keeps it. */
export type SaidMessage = {
  readonly message_id: string;
  readonly role: Speaker;
  readonly content: string;
  readonly model: string | null;
  readonly tokens: number | null;
  readonly parent_message_id: string | null;
  readonly at: string;
  readonly seq: number;
};

/** What is added to each list. */
export type Added = {
  /** Ids of all events, and of all messages and notes: to know and to count them by. */
  readonly events: null;
  readonly said: null;
  readonly notes: null;
  /** The messages themselves; a hot store keeps the newest. */
  readonly messages: SaidMessage;
  readonly emotions: {
    readonly emotion: Emotion;
    readonly intensity: number;
    readonly confidence: number;
    readonly evidence: readonly string[];
    readonly at: string;
  };
  readonly milestones: {
    readonly description: string;
    readonly emotion: Emotion;
    readonly model: string | null;
    readonly at: string;
  };
  readonly breakthroughs: {
    readonly citation_id: string;
    readonly insight: string;
    readonly category: Category;
    readonly confidence: number;
    readonly trigger_message_id: string | null;
    readonly at: string;
  };
  readonly models: { readonly model: string; readonly at: string };
  readonly off_record: { readonly on: boolean; readonly at: string };
  readonly judgements: {
    readonly citation_id: string;
    readonly status: Verdict;
    readonly why: string | null;
    readonly by: string | null;
    readonly at: string;
  };
};

export type ListKey = keyof Added;
/** `emotion` is for whoever looks into Redis; what holds is the newest of `emotions`. */
export type FieldKey = "metadata" | "emotion" | "context_snapshot";

/** A member being added to one of these lists. */
export type AddChange<Key extends ListKey = ListKey> = {
  [One in Key]: {
    readonly op: "add";
    readonly key: One;
    readonly id: string;
    readonly seq: number;
    readonly json: Added[One];
  };
}[Key];

export type FieldChange = {
  readonly op: "set" | "first";
  readonly key: FieldKey;
  readonly field: string;
  /** Any JSON value. */
  readonly value: unknown;
  readonly seq: number;
};

export type SessionChange =
  | FieldChange
  | AddChange
  | { readonly op: "remove"; readonly key: ListKey; readonly id: string };
