/**
 * Names that are true for the whole journal from the first moment on: a note,
 * and what the journal holds behind it.
 */
import { replay } from "../follow/hearer.ts";
import { namesNotedFrom, namesNoteOf } from "../follow/noted.ts";
import type { Checksum, Note } from "../follow/port.ts";
import type { Journal } from "../journal/port.ts";
import type { Names } from "./names.ts";

export type RememberPorts = {
  readonly journal: Pick<Journal, "id" | "durable" | "read">;
  readonly note: Note;
  readonly checksum: Checksum;
};

/** Fills an empty memory of names. Afterwards it is kept true by whoever appends. */
export async function rememberNames(names: Names, ports: RememberPorts): Promise<void> {
  const { journal, checksum } = ports;
  const last = journal.durable();
  const noted = namesNotedFrom(await ports.note.load(), { id: journal.id, last }, checksum);
  for (const [name, seq, digest] of noted?.names ?? []) {
    names.add(name, { seq, digest });
  }
  await replay(journal, { from: (noted?.as_of ?? 0) + 1, to: last }, (entry) => names.hear(entry));
}

/** Writes the note of all names. The desk must have nothing on its way, or `asOf` must lie before it. */
export async function noteNames(names: Names, ports: RememberPorts, asOf: number): Promise<void> {
  const all = [...names.all()].map(([name, { seq, digest }]) => [name, seq, digest] as const);
  const what = { journal: ports.journal.id, as_of: asOf, names: all };
  await ports.note.save(namesNoteOf(what, ports.checksum));
}
