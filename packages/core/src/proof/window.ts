/**
 * What the window of the hot store must hold, worked out beside it: the rules of
 * apply.lua once more, so that a message that is missing there, or is another
 * one, is seen.
 *
 *   V12  After the same entries the window made here and the one in Redis hold
 *        the same messages with the same bodies.
 *
 * Pure; bounded by the window, by how long a copy is known, and by what is hidden.
 */
import { type HotMessage, type HotStep, hotStretchOf } from "../hot/digest.ts";
import type { Settled } from "../settle/port.ts";

/** A copy of a message this many entries later is still known as a repeat. */
const KNOWN_SEQS = 20_000;

/** What a window holds: the JSON of each message by its ref. */
export type Window = {
  take(stretch: readonly Settled[]): void;
  /** The newest, by ref. */
  held(): ReadonlyMap<string, string>;
};

/** An empty window of so many messages. */
export function openWindow(room: number): Window {
  /** Refs with the seq they were last given at, the oldest first. */
  const known = new Map<string, number>();
  let window = new Map<string, HotMessage>();
  const hidden = new Set<string>();
  /** Sessions that are off the record. */
  const off = new Set<string>();

  function takeStep(step: HotStep): void {
    if (step.op === "say") takeOne(step);
    else if (step.op === "hide") hidden.add(step.ref);
    else if (step.op === "off") off.add(step.whose);
    else off.delete(step.whose);
  }

  function takeOne(message: HotMessage): void {
    const { ref, seq, said_ms, whose } = message;
    if (whose !== "" && off.has(whose)) hidden.add(ref);
    const given = known.get(ref);
    if (given !== undefined && seq - given <= KNOWN_SEQS) return;
    known.delete(ref);
    known.set(ref, seq);
    const there = window.get(ref);
    if (there === undefined || said_ms > there.said_ms) window.set(ref, message);
  }

  function forget(last: number): void {
    for (const [ref, seq] of known) {
      if (seq >= last - KNOWN_SEQS) break;
      known.delete(ref);
    }
    if (window.size <= room * 2) return;
    window = newestOf(window, room);
  }

  return {
    take: (stretch) => {
      for (const step of hotStretchOf(stretch).steps) takeStep(step);
      forget(stretch.at(-1)?.entry.seq ?? 0);
    },
    held: () => {
      const shown = [...newestOf(window, room)].filter(([ref]) => !hidden.has(ref));
      return new Map(shown.map(([ref, { json }]) => [ref, json]));
    },
  };
}

function newestOf(window: ReadonlyMap<string, HotMessage>, room: number): Map<string, HotMessage> {
  if (window.size <= room) return new Map(window);
  const bytes = new TextEncoder();
  const places = [...window.values()].map((one) => ({ one, ref: bytes.encode(one.ref) }));
  const ordered = places.toSorted((a, b) => a.one.said_ms - b.one.said_ms || order(a.ref, b.ref));
  return new Map(ordered.slice(-room).map(({ one }) => [one.ref, one]));
}

/** Redis orders members of one score by their bytes. */
function order(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const by = (a[at] ?? 0) - (b[at] ?? 0);
    if (by !== 0) return by;
  }
  return a.length - b.length;
}
