/**
 * What ingest does from time to time: the notes that make the next start quick,
 * and the sweep, which gives again whatever hint was lost.
 */
import {
  type Desk,
  type Hearer,
  type Hints,
  type Journal,
  type Log,
  noteNames,
  replay,
} from "@verbatim/core";
import { openBell } from "./bell.ts";

/** A note that is this old costs a start a second at most. */
const CURSORS_EVERY_MS = 5_000;
/** Names are a larger note, and a start without it only reads some more of the journal. */
const NAMES_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 30_000;

export type NotesPorts = {
  readonly hearer: Hearer;
  readonly names: Parameters<typeof noteNames>[0];
  readonly remembering: Parameters<typeof noteNames>[1];
  readonly desk: Desk;
  readonly journal: Journal;
  readonly hints: Hints | null;
  readonly log: Log;
};

/** Keeps at it until the signal, then writes both notes once more. */
export async function keepNotes(ports: NotesPorts, signal: AbortSignal): Promise<void> {
  const bell = openBell();
  let noted = 0;
  const saveNames = async (): Promise<void> => {
    const asOf = ports.desk.asOf(ports.journal.durable());
    if (asOf === noted) return;
    await noteNames(ports.names, ports.remembering, asOf);
    noted = asOf;
  };
  for (let at = 0; !signal.aborted; at += CURSORS_EVERY_MS) {
    await attempt(ports.log, () => ports.hearer.save());
    if (at % NAMES_EVERY_MS === 0) await attempt(ports.log, saveNames);
    if (at % SWEEP_EVERY_MS === 0) ports.hints?.announce(ports.journal.durable());
    await bell.wait(CURSORS_EVERY_MS, signal);
  }
  await attempt(ports.log, () => ports.hearer.save());
  await attempt(ports.log, saveNames);
}

/**
 * Lets go of what was erased in a range of the journal: names of what was
 * offered, and files, which are passed over from now on. When it resolves the
 * notes say so too; until then whoever erased it asks again.
 */
export async function letGo(
  ports: Omit<NotesPorts, "hints" | "log">,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  const gone = new Set<number>();
  await replay(ports.journal, range, (entry) => {
    if (entry.erased !== true) return;
    gone.add(entry.seq);
    ports.hearer.erased(entry);
  });
  ports.names.drop((seq) => gone.has(seq));
  await ports.hearer.save();
  await noteNames(ports.names, ports.remembering, ports.desk.asOf(ports.journal.durable()));
}

/** A note that cannot be written (a full disk) makes the next start slower, and nothing else. */
async function attempt(log: Log, save: () => Promise<void>): Promise<void> {
  try {
    await save();
  } catch (error) {
    log.warn("note_not_written", { why: String(error) });
  }
}
