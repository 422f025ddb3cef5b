/**
 * The journal's folder: which segments there are, in the order of their seqs.
 *
 *     journal.json                          who this journal is
 *     current_session.jsonl                 written to
 *     archive/session_….jsonl               sealed, never written again
 *     quarantine/                           torn tails and damaged files, kept for people
 *
 * A segment holds the seqs from its first entry up to the one before the next
 * segment's first: what a failed fsync left behind is thereby passed over.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { ARCHIVE_FOLDER, CURRENT_SEGMENT, VerbatimError } from "@verbatim/core";
import { realFs } from "./fs.ts";
import { findAfter, openSegment, type Step, walk } from "./walk.ts";

/** A segment as it lies in the folder. */
export type Segment = { readonly file: string; readonly path: string; readonly first_seq: number };

/** First seqs of archived files, which never change. Bounded by the number of segments of a journal. */
const knownFirst: Map<string, number> = new Map();

/** All segments that hold an entry, by first seq. */
export function segmentsOf(folder: string): readonly Segment[] {
  const names = existsSync(join(folder, ARCHIVE_FOLDER))
    ? readdirSync(join(folder, ARCHIVE_FOLDER)).filter((name) => name.endsWith(".jsonl"))
    : [];
  const archived = names.map((name) => segmentAt(folder, `${ARCHIVE_FOLDER}/${name}`));
  const all = [...archived, segmentAt(folder, CURRENT_SEGMENT)];
  return all.filter((one) => one !== null).toSorted((a, b) => a.first_seq - b.first_seq);
}

function segmentAt(folder: string, file: string): Segment | null {
  const path = join(folder, file);
  const known = knownFirst.get(path);
  if (known !== undefined) return { file, path, first_seq: known };
  const first_seq = firstSeqOf(path);
  if (first_seq === null) return null;
  if (file !== CURRENT_SEGMENT) knownFirst.set(path, first_seq);
  return { file, path, first_seq };
}

/** The seq of a file's first entry that can be read, or null when it holds none. */
function firstSeqOf(path: string): number | null {
  try {
    const file = openSegment(path);
    try {
      for (const step of walk(file)) {
        if (step.kind === "bad") return seqOf(findAfter(file, step.offset, isEntry));
        if (step.head.kind === "entry") return step.head.seq;
      }
      return null;
    } finally {
      file.close();
    }
  } catch {
    return null;
  }
}

function isEntry(step: Step): boolean {
  return seqOf(step) !== null;
}

function seqOf(step: Step | null): number | null {
  return step !== null && step.kind === "whole" && step.head.kind === "entry"
    ? step.head.seq
    : null;
}

/** The journal's own name, made when it is first written to. */
export function journalIdOf(folder: string): string | null {
  try {
    const found: unknown = JSON.parse(readFileSync(join(folder, "journal.json"), "utf8"));
    if (
      typeof found === "object" &&
      found !== null &&
      "id" in found &&
      typeof found.id === "string"
    )
      return found.id;
  } catch (cause) {
    if (existsSync(join(folder, "journal.json"))) {
      throw new VerbatimError(
        "journal_corrupt",
        `${folder}/journal.json cannot be read; move it away to give the journal a new name, then run: verbatim rebuild`,
        { cause },
      );
    }
  }
  return null;
}

/** Reads the journal's name, or gives it one that survives a power cut. */
export function journalIdFor(folder: string, now: string): string {
  const known = journalIdOf(folder);
  if (known !== null) return known;
  const id = randomUUID();
  const path = join(folder, "journal.json");
  const fd = openSync(`${path}.new`, "w", 0o600);
  writeSync(fd, `${JSON.stringify({ id, created_at: now, format: 1 })}\n`);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
  realFs.syncFolder(folder);
  return id;
}

/** How often a journal that is not there yet is looked for. */
const LOOK_EVERY_MS = 100;

/** The journal's name once its writer has made it; throws when the signal fires before that. */
export async function journalIdWhenThere(folder: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const id = journalIdOf(folder);
    if (id !== null) return id;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
