/**
 * `verbatim restore`: the original files, byte for byte, from the journal alone,
 * from Postgres alone or from the checkpoints alone, with the time they were last
 * written as far as their records say.
 *
 * Everything is read twice in order: for which files there are, and for their
 * bytes. How many files were written at once does not matter.
 */
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Sha256, VerbatimError } from "@verbatim/core";
import {
  FIRST_RECORDS,
  type FilePlan,
  isNamed,
  proofText,
  restorePlan,
  sessionsIn,
  writtenAt,
} from "@verbatim/core/proof";
import { sweepParts } from "@verbatim/drivers/process";
import { type FileBeside, fileBeside, type State, stateBefore } from "../proof/files.ts";
import {
  type EntrySource,
  type Laid,
  type Laying,
  ofGeneration,
  openLaying,
} from "../proof/restoring.ts";
import { bytesText, columns, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { openSource, type RestoreSource } from "./restore-from.ts";

type RestoreOptions = Global & {
  readonly all?: boolean;
  readonly out: string;
  readonly from: RestoreSource;
  readonly source?: string;
  readonly path?: string;
  readonly since?: string;
  readonly until?: string;
  readonly generation?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
};
type Restored = Laid & {
  readonly file: string;
  readonly at: string;
  readonly state: State;
};

/** Files that are being put in their places at once: a disk syncs many as fast as one. */
const PUT_AT_ONCE = 16;
const sha256: Sha256 = (data) => hash("sha256", data, "hex");

export async function restore(
  session: string | undefined,
  options: RestoreOptions,
  surface: Surface,
): Promise<void> {
  if ((session === undefined) === (options.all !== true)) {
    throw new VerbatimError(
      "usage",
      "say which session to restore, or --all; for example: verbatim restore --all --out ./back",
    );
  }
  await using opened = openSource(options, surface);
  const { files, forgotten } = await planned(opened.entries, session, options);
  if (files.length === 0 && forgotten.length === 0) {
    throw new VerbatimError(
      "not_found",
      `${opened.name} holds no file that fits; see: verbatim log`,
    );
  }
  const folders = files.map(({ target }) => dirname(join(resolve(options.out), target)));
  if (options.dryRun !== true) await sweepRestoring(new Set(folders));
  const done = await restoreFiles(opened.entries, files, { options, surface });
  told(done, { from: opened.name, forgotten }, { options, surface });
}

/** Takes away what restores that were killed left in folders. (J20) */
async function sweepRestoring(folders: Iterable<string>): Promise<void> {
  for (const folder of folders)
    if (existsSync(folder)) await sweepParts(folder, (_, left) => left.endsWith(".restoring"));
}

async function planned(
  from: EntrySource,
  session: string | undefined,
  { source, path, generation }: RestoreOptions,
): Promise<{ readonly files: readonly FilePlan[]; readonly forgotten: readonly string[] }> {
  const plan = restorePlan();
  for await (const heads of from.heads())
    for (const head of heads) if (source === undefined || head.source === source) plan.take(head);
  const glob = path === undefined ? null : new Bun.Glob(path);
  const wanted = (all: readonly FilePlan[]): readonly FilePlan[] =>
    ofGeneration(all, generation).filter(({ target }) => glob === null || glob.match(target));
  const files = wanted(plan.files());
  const forgotten = wanted(plan.forgotten());
  // What a forgotten file held nobody can say: only its name says whose it was.
  if (session !== undefined)
    return {
      files: await ofSession(from, files, session),
      forgotten: forgotten.filter((file) => isNamed(file, session)).map(({ target }) => target),
    };
  return { files, forgotten: forgotten.map(({ target }) => target) };
}

/** Files whose name or whose first messages are of the session: an agent's stream names its parent only inside. */
async function ofSession(
  from: EntrySource,
  files: readonly FilePlan[],
  session: string,
): Promise<readonly FilePlan[]> {
  const found = new Set(files.filter((file) => isNamed(file, session)));
  const asked = new Map(files.filter((file) => !found.has(file)).flatMap(firstOf));
  for await (const stretch of from.stretches(rangeOf([...asked.keys()])))
    for (const entry of stretch) {
      const file = asked.get(entry.seq);
      if (file !== undefined && sessionsIn(entry, session, sha256).length > 0) found.add(file);
    }
  return files.filter((file) => found.has(file));
}

function firstOf(file: FilePlan): readonly (readonly [number, FilePlan])[] {
  return [...file.records.values()].slice(0, FIRST_RECORDS).map((seq) => [seq, file] as const);
}

function rangeOf(seqs: Iterable<number>): { readonly from: number; readonly to: number } {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const seq of seqs) {
    from = Math.min(from, seq);
    to = Math.max(to, seq);
  }
  return { from: Math.min(from, to + 1), to };
}

type How = { readonly options: RestoreOptions; readonly surface: Surface };

/** All of them in one pass, in the order they were planned. */
async function restoreFiles(
  from: EntrySource,
  files: readonly FilePlan[],
  { options, surface }: How,
): Promise<readonly Restored[]> {
  const out = resolve(options.out);
  const beside = new Map<FilePlan, FileBeside>();
  const laying = openLaying(files, (file) => {
    if (options.dryRun === true) return null;
    const made = fileBeside(join(out, file.target));
    beside.set(file, made);
    return made.sink;
  });
  const done = new Map<FilePlan, Restored | null>();
  const putting = new Set<Promise<void>>();
  const bar = surface.screen.bar("restoring");
  const put = async (one: Laying): Promise<void> => {
    const into = beside.get(one.file) ?? null;
    done.set(one.file, await ended(one, into, { ...options, out }));
    await into?.drop();
    beside.delete(one.file);
    bar.update({ done: done.size, total: files.length, note: one.file.target, unit: "files" });
  };
  const failed: unknown[] = [];
  try {
    for await (const stretch of from.stretches(rangeOf(seqsOf(files)))) {
      for (const one of laying.take(stretch)) {
        const work = put(one).catch((why: unknown) => void failed.push(why));
        putting.add(work);
        void work.then(() => putting.delete(work));
        if (putting.size >= PUT_AT_ONCE) await Promise.race(putting);
      }
      if (failed.length > 0 || surface.signal.aborted) break;
    }
    await Promise.all(putting);
    if (failed.length > 0) throw failed[0];
  } finally {
    await Promise.all([...beside.values()].map((one) => one.drop()));
    bar.end();
  }
  const left = files.find((file) => !done.has(file));
  if (left !== undefined) throw unfinished(left, surface.signal.aborted);
  return files.flatMap((file) => done.get(file) ?? []);
}

function unfinished({ target }: FilePlan, stopped: boolean): VerbatimError {
  return stopped
    ? new VerbatimError("cancelled", "stopped; files that were whole by then are in their places")
    : new VerbatimError(
        "source_unreadable",
        `records of ${target} went away while it was restored; try again, then see: verbatim verify`,
      );
}

function* seqsOf(files: readonly FilePlan[]): Generator<number> {
  for (const { records } of files) yield* records.values();
}

/** A file whose records are all there: what it is now; null when it is not of the time that is asked for. */
async function ended(
  laying: Laying,
  into: FileBeside | null,
  options: RestoreOptions,
): Promise<Restored | null> {
  const { file } = laying;
  const at = writtenAt(laying, sha256);
  if (!isWithin(at, options)) return null;
  const laid = await laying.end();
  const state =
    into === null
      ? await stateBefore(join(options.out, file.target), laid)
      : await into.put(laid, { at, force: options.force === true });
  return { file: file.target, at, ...laid, state };
}

function isWithin(at: string, { since, until }: RestoreOptions): boolean {
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

function told(
  done: readonly Restored[],
  { from, forgotten }: { readonly from: string; readonly forgotten: readonly string[] },
  { options, surface }: How,
): void {
  const bytes = done.reduce((sum, one) => sum + one.bytes, 0);
  const proof = sha256(proofText(done));
  if (options.json === true) {
    surface.out(
      `${JSON.stringify({ from, files: done, forgotten, bytes, sha256: proof }, null, 2)}\n`,
    );
  } else {
    const rows = done.map((one) => [
      ...[one.sha256.slice(0, 16), bytesText(one.bytes), one.at.slice(0, 16).replace("T", " ")],
      ...[one.state, one.file],
    ]);
    surface.out(`${columns(rows, surface.widthOf, [1])}\n`);
    const { dim } = surface.colours;
    for (const file of forgotten)
      surface.out(
        `${file} was forgotten, wholly or in part, and is not made; see: verbatim forget list\n`,
      );
    surface.out(
      dim(
        `${manyText(done.length, "file")}, ${bytesText(bytes)}, from ${from} alone; sha-256 at the left, of all of them ${proof}\n`,
      ),
    );
  }
  const differ = done.filter(({ state }) => state === "differs");
  if (differ.length > 0 && options.dryRun !== true)
    throw new VerbatimError(
      "conflict",
      `${manyText(differ.length, "file is there and differs, and was left as it is", "files are there and differ, and were left as they are")} (the first: ${differ[0]?.file}); restore to an empty folder, or replace them with --force`,
    );
  const torn = done.filter(({ missing }) => missing !== null);
  if (torn.length === 0) return;
  // Only said once everything is written: the rest of such a file is worth having. (X30)
  throw new VerbatimError(
    "source_unreadable",
    `${manyText(torn.length, "file is not whole", "files are not whole")} (the first: ${torn[0]?.file} lacks ${manyText(torn[0]?.missing?.bytes ?? 0, "byte")} from ${torn[0]?.missing?.from}): those records were forgotten, or are damaged in ${from}; see: verbatim verify`,
  );
}
