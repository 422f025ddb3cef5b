/** `verbatim copies`: what of this home has a copy elsewhere, whether the copies are as they were made, and getting them back. */
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { FILES, VerbatimError } from "@verbatim/core";
import {
  type CopyNote,
  type CopyPlace,
  copiesStatus,
  copyNoteOf,
  readRetention,
  type SealedFile,
} from "@verbatim/core/keeping";
import { checkpointFault } from "@verbatim/drivers/checkpoints";
import {
  digestOf,
  isCopyName,
  noteText,
  openCopies,
  openCopyPlace,
  type Seals,
} from "@verbatim/drivers/copies";
import { textAt } from "@verbatim/drivers/files";
import { segmentFault } from "@verbatim/drivers/journal";
import { copiesText } from "../render/sizes.ts";
import { bytesText, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { sha256 } from "./look.ts";

/** What says whether something is as it was sealed. */
export const SEALS: Seals = {
  segment: segmentFault,
  checkpoint: (path) => checkpointFault(path, sha256),
};

export async function copies(
  options: Global & { readonly verify?: boolean },
  surface: Surface,
): Promise<void> {
  const to = await placeOf(options.home);
  const note = copyNoteOf(await noteText(options.home), to);
  const home = openCopies(options.home, to, surface.env, SEALS);
  const waiting = await home.waiting();
  const alone = await home.onlyThere();
  const faults = options.verify === true ? await faultsOf(note, surface) : [];
  const looked = options.verify === true ? faults : null;
  if (options.json === true) {
    const told = {
      ...copiesStatus(note),
      waiting: waiting.map(({ name }) => name),
      only_there: alone,
    };
    const found = looked === null ? {} : { ok: looked.length === 0, faults: looked };
    surface.out(`${JSON.stringify({ ...told, ...found }, null, 2)}\n`);
  } else surface.out(listText(note, { waiting, alone, looked }));
  if (faults.length > 0)
    throw new VerbatimError(
      "verify_failed",
      "copies are not as they were made; remove copies.json under home, and the next verbatim retention makes them anew",
    );
}

type Listed = {
  readonly waiting: readonly SealedFile[];
  readonly alone: readonly string[];
  /** Null where nobody looked. */
  readonly looked: readonly Fault[] | null;
};

/** What is there, what waits, what is there alone, and what was found of them. */
function listText(note: CopyNote, { waiting, alone, looked }: Listed): string {
  const lines = [copiesText(copiesStatus(note))];
  const bytes = waiting.reduce((sum, one) => sum + one.bytes, 0);
  if (waiting.length > 0)
    lines.push(
      `${manyText(waiting.length, "file")}, ${bytesText(bytes)}, wait for the next: verbatim retention`,
    );
  if (alone.length > 0)
    lines.push(
      `${manyText(alone.length, "file")} gone here and kept there; get them back with: verbatim copies fetch --out ./again`,
      ...alone.map((name) => `  ${name}`),
    );
  lines.push(...(looked ?? []).map(({ file, what }) => `  ${file}: ${what}`));
  if (looked?.length === 0) lines.push("every copy was read back and is as it was made");
  return `${lines.join("\n")}\n`;
}

/** Everything that lies there, into an empty folder, which is a home then. */
export async function fetchCopies(
  options: Global & { readonly out: string; readonly from?: string },
  surface: Surface,
): Promise<void> {
  const place = openCopyPlace(options.from ?? (await placeOf(options.home)), surface.env);
  await refuseFull(options.out);
  const names = (await listed(place)).filter(isCopyName);
  const bar = surface.screen.bar("fetching");
  try {
    for (const [done, name] of names.entries()) {
      surface.signal.throwIfAborted();
      await fetched(place, name, join(options.out, name));
      bar.update({ done: done + 1, total: names.length, unit: "files" });
    }
  } finally {
    bar.end();
  }
  const told = { files: names.length, out: options.out, from: place.name };
  surface.out(
    options.json === true
      ? `${JSON.stringify(told, null, 2)}\n`
      : `${manyText(names.length, "file")} from ${place.name} in ${options.out}; look at them: verbatim --home ${options.out} verify, get files: verbatim --home ${options.out} restore --all --from checkpoints --out ./back\n`,
  );
}

async function listed(place: CopyPlace): Promise<readonly string[]> {
  return await place.list().catch((error: unknown) => Promise.reject(away(place, error)));
}

async function fetched(place: CopyPlace, name: string, path: string): Promise<void> {
  const bytes = await place.read(name);
  if (bytes === null) return;
  const beside = `${path}.part`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await pipeline(bytes, createWriteStream(beside, { mode: 0o600, flush: true }));
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw away(place, error);
  }
}

async function refuseFull(folder: string): Promise<void> {
  const there = await readdir(folder).catch((): string[] => []);
  if (there.length > 0)
    throw new VerbatimError("conflict", `${folder} is not empty; name a new folder with --out`);
}

type Fault = { readonly file: string; readonly what: string };

async function faultsOf({ to, files }: CopyNote, surface: Surface): Promise<readonly Fault[]> {
  const place = openCopyPlace(to, surface.env);
  const bar = surface.screen.bar("verifying");
  const faults: Fault[] = [];
  const all = Object.entries(files);
  try {
    for (const [done, [file, { sha256 }]] of all.entries()) {
      surface.signal.throwIfAborted();
      const bytes = await place
        .read(file)
        .catch((error: unknown) => Promise.reject(away(place, error)));
      if (bytes === null) faults.push({ file, what: "it is gone" });
      else if ((await digestOf(bytes)) !== sha256)
        faults.push({ file, what: "it has other bytes than it was made with" });
      bar.update({ done: done + 1, total: all.length, unit: "files" });
    }
  } finally {
    bar.end();
  }
  return faults;
}

function away({ name }: CopyPlace, cause: unknown): VerbatimError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new VerbatimError("source_unreadable", `${name} cannot be read now: ${why}`, { cause });
}

/** The place that retention.json names. */
async function placeOf(home: string): Promise<string> {
  const path = join(home, FILES.retention);
  const { copy_to } = readRetention(await textAt(path), path);
  if (copy_to !== null) return copy_to;
  throw new VerbatimError(
    "not_found",
    `no copies are made: write "copy_to": "/another/disk" or "s3://bucket/prefix" into ${path} (docs/retention.md)`,
  );
}
