/**
 * Exports that were made as jobs and are kept: their names, what is known of
 * each, and what the system asks of the place where they lie.
 *
 * Names are export_YYYYMMDD_HHMMSS by UTC, and _2, _3, … for those of the same
 * second; a name from outside that is none names no file.
 *
 *   X13  An export that is listed is whole: what is known of it is written last.
 */
import { z } from "zod";
import type { KeptFile } from "../files/index.ts";
import { type ExportAsk, FORMATS } from "./ask.ts";
import { SHAPES } from "./shapes.ts";

/** What is known of an export. */
export type KeptExport = {
  readonly id: string;
  /** The job that made it: made again, it is the same export. */
  readonly job_id: string;
  /** When it was asked for. */
  readonly asked_at: string;
  readonly asked: ExportAsk;
  /** The name of its file, beside what is known of it. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly sessions: number | null;
  readonly messages: number;
  readonly records: number;
  readonly redacted: Readonly<Record<string, number>> | null;
  /** Only of the format original. */
  readonly originals?: Originals | undefined;
};

/** A file that was given back as it was. */
export type Original = {
  readonly file: string;
  /** When it was last written. */
  readonly at: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Bytes of which no record is there, and where the first of them is. */
  readonly missing: { readonly bytes: number; readonly from: number } | null;
};

/** What an export of original files came to: the proof that `verbatim restore` gives of the same files. */
export type Originals = {
  readonly files: number;
  readonly bytes: number;
  /** Of the lines of all of them, as sha256sum writes them. */
  readonly sha256: string;
  /** Files of which bytes are not there any more. */
  readonly not_whole: number;
  /** Files left out because something of them was forgotten. */
  readonly forgotten: number;
  /** The first of them, in the order they were heard of; SHA256SUMS beside them has all. */
  readonly told: readonly Original[];
  readonly told_forgotten: readonly string[];
};

export interface ExportShelf {
  /** Names of all exports, the newest first. */
  ids(): Promise<readonly string[]>;
  /** Null when there is no such export. */
  about(id: string): Promise<KeptExport | null>;
  /** Its file; null when it is gone. */
  file(kept: KeptExport): Promise<KeptFile | null>;
  /** Keeps what is known of one whose file is there. */
  keep(kept: KeptExport): Promise<void>;
}

const NAME = /^export_(\d{8})_(\d{6})(?:_([1-9]\d{0,5}))?$/;

/** The name of the `nth` export of that second. */
export function exportIdOf(askedAt: string, nth = 1): string {
  const [day = "", time = ""] = askedAt.slice(0, 19).split("T");
  const stamp = `${day.replaceAll("-", "")}_${time.replaceAll(":", "")}`;
  return `export_${stamp}${nth === 1 ? "" : `_${nth}`}`;
}

/** Whether a text is the name of an export. */
export function isExportId(text: string): boolean {
  return NAME.test(text);
}

/** Sorts names, the newest first. */
export function newestExportFirst(a: string, b: string): number {
  const [one = "", other = ""] = [a, b].map((id) => NAME.exec(id)?.slice(1, 3).join("") ?? "");
  if (one !== other) return one < other ? 1 : -1;
  return Number(NAME.exec(b)?.[3] ?? 1) - Number(NAME.exec(a)?.[3] ?? 1);
}

const text = z.string().exactOptional();
/** What may be asked for, as it lies in jobs and files. */
export const askSchema: z.ZodType<ExportAsk> = z.object({
  format: z.enum(FORMATS),
  as: z.enum(SHAPES).exactOptional(),
  redact: z.boolean(),
  records: z.boolean().exactOptional(),
  all: z.boolean(),
  filter: z.object({
    session: text,
    source: text,
    sender: text,
    tier: text,
    chain: text,
    since: text,
    until: text,
  }),
});
const count = z.number().int().min(0);
/** The proof of an export of original files. */
export const originalsSchema: z.ZodType<Originals> = z.object({
  files: count,
  bytes: count,
  sha256: z.string(),
  not_whole: count,
  forgotten: count,
  told: z.array(
    z.object({
      file: z.string(),
      at: z.string(),
      bytes: count,
      sha256: z.string(),
      missing: z.object({ bytes: count, from: count }).nullable(),
    }),
  ),
  told_forgotten: z.array(z.string()),
});
const keptSchema: z.ZodType<KeptExport> = z.object({
  id: z.string().regex(NAME),
  job_id: z.string(),
  asked_at: z.string(),
  asked: askSchema,
  file: z.string().regex(/^export_\d{8}_\d{6}(?:_\d+)?\.[a-z]+$/),
  bytes: count,
  sha256: z.string(),
  sessions: count.nullable(),
  messages: count,
  records: count,
  redacted: z.record(z.string(), z.number()).nullable(),
  originals: originalsSchema.optional(),
});

/** What a file says of an export; null when it is not ours. */
export function keptExportOf(json: string): KeptExport | null {
  try {
    return keptSchema.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    return null;
  }
}

/** The ending of the file of an export: several files are a tar of them; so is an original, with its path and time. */
export function endingOf({ format, all }: ExportAsk): string {
  if (format === "original") return "tar";
  return all && format !== "parquet" ? "tar" : format;
}

/** What media type such a file is of. */
export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  md: "text/markdown; charset=utf-8",
  html: "text/html; charset=utf-8",
  json: "application/json",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  tar: "application/x-tar",
};
