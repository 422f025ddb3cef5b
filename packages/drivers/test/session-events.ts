/** Events of session s-1 of ada, heard so many days ago; for tests of whoever keeps sessions. */
import {
  type EventFields,
  type EventName,
  type Happened,
  newLedger,
  type SessionName,
  type SessionParts,
  type SessionState,
  stateOf,
  withEvents,
} from "@verbatim/core/sessions";
import { aHappened } from "@verbatim/core/testing";

export const ADA: SessionName = { user_id: "ada", session_id: "s-1" };
export const DAY_MS = 86_400_000;

/** Event `number`, heard so many days ago. */
export function heard<Name extends EventName>(
  number: number,
  event: Name,
  fields: EventFields[Name],
  over: { readonly ago?: number; readonly user_id?: string; readonly session_id?: string } = {},
): Happened {
  const { ago = 0, ...whose } = over;
  const at = new Date(Date.now() - ago * DAY_MS).toISOString();
  return aHappened(number, event, fields, { at, ...whose });
}

/** A session to be put back, in parts of at most so many events. */
export function inParts(
  events: readonly Happened[],
  up_to: number,
  {
    length = 1000,
    isOutline = false,
  }: { readonly length?: number; readonly isOutline?: boolean } = {},
): SessionParts {
  const parts = async function* () {
    for (let at = 0; at < events.length; at += length)
      yield { events: events.slice(at, at + length), isOutline };
  };
  const heard_at =
    events
      .map(({ moment }) => moment.at)
      .toSorted()
      .at(-1) ?? null;
  return { name: ADA, heard_at, upTo: () => up_to, parts: parts() };
}

/** What begins it. */
export const start = (ago = 0): Happened => heard(1, "session_started", { model: "opus" }, { ago });
/** Somebody says something. */
export const said = (number: number, ago = 0): Happened =>
  heard(
    number,
    "message_said",
    { message_id: `m-${number}`, role: "user", content: `word ${number}` },
    { ago },
  );
/** The state that events amount to. */
export const folded = (events: readonly Happened[], name: SessionName = ADA): SessionState =>
  stateOf(withEvents(newLedger(name.user_id, name.session_id), events));
