/** Where programs say what happened: one JSON line an event, never message text. */

/** What an event is about: ids, counts, sizes, durations. */
export type Facts = Readonly<Record<string, unknown>>;

/** `event` is a name in past tense: "stretch_settled". */
export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}
