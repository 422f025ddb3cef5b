/**
 * The first of two passes: which sessions there are, and where in the journal
 * each of them lies. What is kept is two numbers for a run of entries, so it does
 * not grow with what was said.
 */
import { circleOf } from "../access/whose.ts";
import { VerbatimError } from "../errors.ts";
import type { Entry } from "../message/heard.ts";
import type { EnrichedMessage } from "../message/message.ts";
import { SESSION_SOURCE } from "../sessions/event.ts";
import { EXPORT_SOURCE } from "../sources/names.ts";
import { parse } from "../sources/parse.ts";
import { type ExportAsk, fitsSaid, fitsWorkedOut, isKeptBack, isWorkedOut } from "./ask.ts";
import type { Shown } from "./facts.ts";
import { type Hiding, openHiding } from "./hiding.ts";
import { addTo, type ExportSource, entriesOf, type Runs, type Walk } from "./runs.ts";
import { streamOf } from "./telling.ts";

/** Where a session lies. Two users may have sessions of one name: they are two. */
export type Lying = {
  readonly session_id: string;
  readonly circle: string;
  readonly streams: Map<string, Runs>;
};

export type Surveyed = { readonly sessions: readonly Lying[]; readonly hiding: Hiding };

/** Looks through the journal up to `to`. */
export async function survey(
  source: ExportSource,
  ask: ExportAsk,
  { to, passed, signal }: Walk,
): Promise<Surveyed> {
  const found = new Map<string, Lying>();
  const hiding = openHiding();
  const walk = { passed, signal, isEnriched: isWorkedOut(ask.filter) };
  for await (const messages of messagesOf(source, [1, to], walk)) {
    for (const message of messages) {
      hiding.take(message);
      if (!fits(message, ask)) continue;
      const circle = circleOf(message);
      const key = `${circle}\0${message.session_id}`;
      const { session_id } = message;
      const lying = found.get(key) ?? { session_id, circle, streams: new Map() };
      found.set(key, lying);
      const runs = lying.streams.get(streamOf(message)) ?? [];
      lying.streams.set(streamOf(message), runs);
      addTo(runs, message.seq);
    }
  }
  return { sessions: chosen([...found.values()], ask), hiding };
}

/** The one session that is meant, or all. */
function chosen(sessions: readonly Lying[], { all, filter }: ExportAsk): readonly Lying[] {
  const { session } = filter;
  if (all || session === undefined) return sessions;
  const exact = sessions.filter((one) => one.session_id === session);
  const meant = exact.length > 0 ? exact : sessions;
  if (meant.length === 1) return meant;
  throw new VerbatimError(
    "not_found",
    meant.length === 0
      ? `nothing was written: the journal has nothing that fits of a session that begins with ${session}; see: verbatim sessions`
      : `${meant.length} sessions begin with ${session}: ${meant
          .slice(0, 5)
          .map((one) => one.session_id)
          .join(", ")}; name one whole`,
  );
}

/** Messages of a session out of some of its runs, each as it is handed out, as many at once as are read at once. */
export async function* readSession(
  source: ExportSource,
  lying: Lying,
  { runs, ask, hiding, passed, signal }: Reading,
): AsyncGenerator<readonly Shown[]> {
  const isHere = (message: Shown): boolean =>
    message.session_id === lying.session_id && circleOf(message) === lying.circle;
  const isEnriched = ask.format === "json" || ask.format === "jsonl" || isWorkedOut(ask.filter);
  for await (const messages of messagesOf(source, runs, { passed, signal, isEnriched }))
    yield messages.filter((one) => isHere(one) && fits(one, ask) && !hiding.hides(one));
}

export type Reading = {
  readonly runs: Runs;
  readonly ask: ExportAsk;
  readonly hiding: Hiding;
  readonly passed: Walk["passed"];
  readonly signal: AbortSignal;
};

/** What is hidden by anything in the journal. */
async function hidingIn(source: ExportSource, walk: Walk): Promise<Hiding> {
  const hiding = openHiding();
  for await (const entries of entriesOf(source, [1, walk.to], walk)) {
    for (const entry of entries) {
      if (entry.source !== SESSION_SOURCE) continue;
      for (const message of parse(entry, source.sha256).messages) hiding.take(message);
    }
  }
  return hiding;
}

/** Everything that fits, with the entry it was read from. */
export async function* rowsOf(
  source: ExportSource,
  ask: ExportAsk,
  { to, passed, signal }: Walk,
): AsyncGenerator<{ readonly message: EnrichedMessage; readonly entry: Entry }> {
  const hiding = await hidingIn(source, { to, passed: () => {}, signal });
  for await (const entries of entriesOf(source, [1, to], { passed, signal })) {
    for (const entry of entries) {
      const { messages } = await source.settled.settle(entry);
      for (const message of messages)
        if (fits(message, ask) && !hiding.hides(message)) yield { message, entry };
    }
  }
}

/** What fits; headers of imported exports are ours, and are nobody's words. */
function fits(message: Shown, ask: ExportAsk): boolean {
  const { filter } = ask;
  if (isKeptBack(message, ask)) return false;
  if (message.source === EXPORT_SOURCE || !fitsSaid(message, filter)) return false;
  const { enrichment } = message;
  return enrichment === undefined || fitsWorkedOut({ enrichment }, filter);
}

/** The messages of runs, as many at once as are read at once; what is worked out only where it is wanted. */
async function* messagesOf(
  source: ExportSource,
  runs: Runs,
  { isEnriched, ...walk }: Pick<Walk, "passed" | "signal"> & { readonly isEnriched: boolean },
): AsyncGenerator<readonly Shown[]> {
  for await (const entries of entriesOf(source, runs, walk)) {
    const messages: Shown[] = [];
    for (const entry of entries) {
      const read = isEnriched ? await source.settled.settle(entry) : parse(entry, source.sha256);
      messages.push(...read.messages);
    }
    yield messages;
  }
}
