/**
 * A second copy of what is sealed: segments of the journal and checkpoints, in
 * another folder or in a bucket of an S3-compatible service.
 *
 *   C50  A file counts as copied only after every byte of the copy was read back
 *        and was the same; what was changed here since is copied again, what has
 *        another form here takes it there.
 *   C51  A place that is away, full or wrong keeps nothing from being recorded,
 *        checkpointed or copied the next time; it is said.
 *
 *   C52  What is not as it was sealed here takes no copy's place, neither that of
 *        its own name nor that of another form of it; it is said.
 *
 *   V40  A copy goes only when what it is a copy of lies here in another form: what
 *        is gone here stays there, because then the copy is the last one.
 *
 * Nothing that lies here goes because of what lies there.
 */
import { z } from "zod";
import { VerbatimError } from "../errors.ts";

/** Where copies lie. Held by testing/copies.contract.ts. */
export interface CopyPlace {
  /** For people: where it is. */
  readonly name: string;
  /** Makes the copy of a file of this disk, whole or not at all; one of that name is replaced. */
  put(name: string, path: string): Promise<void>;
  /** Its bytes; null when there is none. */
  read(name: string): Promise<AsyncIterable<Uint8Array> | null>;
  list(): Promise<readonly string[]>;
  /** Fine where there is none. */
  remove(name: string): Promise<void>;
}

/** A file that is sealed here: its name below home, and how to see that it was changed. */
export type SealedFile = {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly changed_at: string;
};

/** What is known of a copy. */
type CopyFact = Pick<SealedFile, "bytes" | "changed_at"> & { readonly sha256: string };

/** What was copied where, and what came in between. Written after each file. */
export type CopyNote = {
  readonly to: string;
  readonly files: Readonly<Record<string, CopyFact>>;
  /** When everything was there last; null when it never was. */
  readonly whole_at: string | null;
  readonly problem: string | null;
};

/** For a status. */
export type CopiesStatus = {
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
  readonly whole_at: string | null;
  readonly problem: string | null;
};

const count = z.number().int().min(0);
const note: z.ZodType<CopyNote> = z.object({
  to: z.string(),
  files: z.record(
    z.string(),
    z.object({ bytes: count, changed_at: z.string(), sha256: z.string() }),
  ),
  whole_at: z.string().nullable(),
  problem: z.string().nullable(),
});

/** A note's text as a note of this place; an empty one where it is none, or of another place. */
export function copyNoteOf(text: string | null, to: string): CopyNote {
  const empty = { to, files: {}, whole_at: null, problem: null };
  try {
    const read = note.safeParse(JSON.parse(text ?? "null"));
    return read.success && read.data.to === to ? read.data : empty;
  } catch {
    return empty;
  }
}

/** What a note says, for a status. */
export function copiesStatus({ to, files, whole_at, problem }: CopyNote): CopiesStatus {
  const all = Object.values(files);
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  return { to, files: all.length, bytes, whole_at, problem };
}

/** What has no copy as it is now, the index of checkpoints last: it is whole when what it names is. */
export function toCopy(sealed: readonly SealedFile[], { files }: CopyNote): readonly SealedFile[] {
  return sealed
    .filter(({ name, bytes, changed_at }) => {
      const known = files[name];
      return known?.bytes !== bytes || known.changed_at !== changed_at;
    })
    .toSorted((a, b) => Number(isIndex(a)) - Number(isIndex(b)) || (a.name < b.name ? -1 : 1));
}

/** Copies of what is gone here, in every form: the only ones left. (V40) */
export function onlyThere(
  sealed: readonly SealedFile[],
  { files }: Pick<CopyNote, "files">,
): readonly string[] {
  const here = new Set(sealed.map(({ name }) => formless(name)));
  return Object.keys(files).filter((name) => !here.has(formless(name)));
}

/** The name of a segment or of a checkpoint's file in whichever form it lies. */
function formless(name: string): string {
  return name.replace(/[.](zst|dropped)$/, "");
}

function isIndex({ name }: SealedFile): boolean {
  return name.endsWith("/index.json");
}

/** The copies of a home, at the place its policy names. */
export interface HomeCopies {
  /** What has no copy as it is now. */
  waiting(): Promise<readonly SealedFile[]>;
  /** Throws `output_failed`. */
  copy(file: SealedFile): Promise<void>;
  /** Once everything is there: takes away what lies here in another form by now. */
  tidy(): Promise<void>;
  /** Names of what lies there alone. */
  onlyThere(): Promise<readonly string[]>;
}

export type CopyPorts = {
  readonly place: CopyPlace;
  readonly load: () => Promise<CopyNote>;
  readonly save: (note: CopyNote) => Promise<void>;
  /** sha-256 of a file of this disk. */
  readonly digest: (path: string) => Promise<string>;
  readonly digestOf: (bytes: AsyncIterable<Uint8Array>) => Promise<string>;
  /** What is not as it was sealed in a file of this disk; null when all of it is. */
  readonly fault: (file: SealedFile) => Promise<string | null>;
  readonly now: () => string;
};

/** Copies one file and reads the copy back. (C50) Throws `output_failed`, and the note says why. */
export async function copyOne(file: SealedFile, ports: CopyPorts): Promise<void> {
  const { name, bytes, changed_at } = file;
  try {
    const sha256 = await ports.digest(file.path);
    const there = await digestThere(name, ports);
    if (there !== sha256) {
      if (there !== null || hasOtherForm(name, await ports.load()))
        await refuseDamaged(file, ports);
      await ports.place.put(name, file.path);
      if ((await digestThere(name, ports)) !== sha256)
        throw new Error("the copy reads back differently");
    }
    const known = await ports.load();
    const files = { ...known.files, [name]: { bytes, changed_at, sha256 } };
    // What stands in the way of another stays said until everything is there.
    await ports.save({ ...known, files });
  } catch (cause) {
    const why = cause instanceof Unsealed ? cause.message : notCopied(name, ports.place, cause);
    await ports.save({ ...(await ports.load()), problem: why }).catch(() => undefined);
    throw new VerbatimError("output_failed", why, { cause });
  }
}

/** sha-256 of the copy; null when there is none. */
async function digestThere(
  name: string,
  { place, digestOf }: Pick<CopyPorts, "place" | "digestOf">,
): Promise<string | null> {
  const there = await place.read(name);
  return there === null ? null : await digestOf(there);
}

function notCopied(name: string, place: CopyPlace, cause: unknown): string {
  return `${name} has no copy in ${place.name}: ${cause instanceof Error ? cause.message : String(cause)}`;
}

/** A file that is not as it was sealed, and would take a copy's place. */
class Unsealed extends Error {
  override readonly name: string = "Unsealed";
}

/** Whether a copy goes once this one is there. */
function hasOtherForm(name: string, { files }: CopyNote): boolean {
  return Object.keys(files).some((one) => one !== name && formless(one) === formless(name));
}

/** (C52) */
async function refuseDamaged(
  file: SealedFile,
  { place, fault }: Pick<CopyPorts, "place" | "fault">,
): Promise<void> {
  const what = await fault(file);
  if (what === null) return;
  throw new Unsealed(
    `${file.name}: its copy in ${place.name} stays: here it is not as it was sealed: ${what}; put it right with: verbatim verify --repair, or get the copy with: verbatim copies fetch --out ./again`,
  );
}

/** Takes away copies of what has another form here by now, once all that is here is there. (V40) */
export async function tidyCopies(
  sealed: readonly SealedFile[],
  ports: Pick<CopyPorts, "place" | "load" | "save" | "now">,
): Promise<readonly string[]> {
  const note = await ports.load();
  if (sealed.length === 0 || toCopy(sealed, note).length > 0) return [];
  const kept = new Set([...sealed.map(({ name }) => name), ...onlyThere(sealed, note)]);
  const gone = Object.keys(note.files).filter((name) => !kept.has(name));
  for (const name of gone) await ports.place.remove(name);
  const files = Object.fromEntries(Object.entries(note.files).filter(([name]) => kept.has(name)));
  await ports.save({ ...note, files, whole_at: ports.now(), problem: null });
  return gone;
}
