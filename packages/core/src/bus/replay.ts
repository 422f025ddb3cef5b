/**
 * What was published after a seq, in order: out of the window where it reaches
 * back far enough, else out of the journal until the window takes over.
 *
 *   B5  Whoever asks again with the last seq it got has every message that fits,
 *       once, in the order of seqs, wherever they come from.
 */
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX } from "../limits.ts";
import { fitsTopics, type Published, publishedOf } from "./record.ts";
import type { Window } from "./window.ts";

/** Entries looked at before anybody else gets a turn. */
const LOOK_ENTRIES = 500;

/** Messages that fit, and how far has been looked: the place to ask from next. */
export type Replayed = { readonly messages: readonly Published[]; readonly to: number };

export type ReplayPorts = {
  readonly journal: Pick<JournalReader, "read">;
  readonly window: Window;
};

export type Asking = {
  readonly after: number;
  /** Prefixes of topics, as a subscriber has them. */
  readonly topics: readonly Uint8Array[];
};

/** The next messages after a place; `to` is `after` when there is nothing newer. Throws what the journal throws. */
export async function replayed(asking: Asking, ports: ReplayPorts): Promise<Replayed> {
  const { window } = ports;
  const { after, topics } = asking;
  if (after >= window.to()) return { messages: [], to: after };
  if (after >= window.from()) {
    const looked = window.after(after, LOOK_ENTRIES);
    const found = bounded(looked);
    const isAll = found.length === looked.length && looked.length < LOOK_ENTRIES;
    const to = isAll ? window.to() : (found.at(-1)?.seq ?? after);
    return { messages: found.filter((one) => fitsTopics(one.topic, topics)), to };
  }
  const until = window.from();
  const stretch = { from: after + 1, to: until, entries: LOOK_ENTRIES, bytes: STRETCH_BYTES_MAX };
  const entries = await ports.journal.read(stretch);
  const messages = entries.flatMap((entry) => publishedOf(entry) ?? []);
  return {
    messages: messages.filter((one) => fitsTopics(one.topic, topics)),
    to: entries.at(-1)?.seq ?? until,
  };
}

/** As many as make up a stretch, and at least one: whoever waits with them holds no more. */
function bounded(messages: readonly Published[]): readonly Published[] {
  let bytes = 0;
  const end = messages.findIndex(({ payload }, at) => {
    bytes += payload.reduce((sum, frame) => sum + frame.length, 0);
    return at > 0 && bytes > STRETCH_BYTES_MAX;
  });
  return end === -1 ? messages : messages.slice(0, end);
}
