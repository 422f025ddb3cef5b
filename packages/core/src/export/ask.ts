/**
 * What an export is asked for: the form, what goes in, and what it leaves.
 *
 *   X24  Bookkeeping of a chat session, notes about the person among it, is in
 *        no export that did not ask for it.
 */
import { VerbatimError } from "../errors.ts";
import type { EnrichedMessage, Message } from "../message/message.ts";
import { SESSION_SOURCE } from "../sessions/event.ts";
import type { SessionFacts } from "./facts.ts";
import type { Shape } from "./shapes.ts";

/** The forms there are. */
export const FORMATS = ["md", "html", "json", "jsonl", "parquet", "original"] as const;
export type ExportFormat = (typeof FORMATS)[number];

/** Which messages; what is not said is any. */
export type ExportFilter = {
  /** An id, or the beginning of the only one that begins so. */
  readonly session?: string | undefined;
  readonly source?: string | undefined;
  readonly sender?: string | undefined;
  readonly tier?: string | undefined;
  readonly chain?: string | undefined;
  /** Said at or after; said before: UTC. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

export type ExportAsk = {
  readonly format: ExportFormat;
  /** Another shape than ours, for jsonl. */
  readonly as?: Shape | undefined;
  readonly redact: boolean;
  /** Also the bookkeeping of chat sessions, for json, jsonl and parquet. */
  readonly records?: boolean | undefined;
  /** Every session that has something that fits, each in a file of its own; else the one session. */
  readonly all: boolean;
  readonly filter: ExportFilter;
};

/** A file of an export. */
export type ExportedFile = {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly facts: SessionFacts;
};

/** What an export came to. */
export type Exported = {
  readonly files: readonly ExportedFile[];
  readonly sessions: number;
  readonly messages: number;
  readonly records: number;
  readonly bytes: number;
  /** Values taken out, by kind; null when none were to be. */
  readonly redacted: Readonly<Record<string, number>> | null;
};

/** How far it is; `done` and `total` are entries, of both passes. */
export type ExportProgress = {
  readonly done: number;
  readonly total: number;
  readonly percent: number;
  readonly doing: string;
};

/** Throws `usage` for what cannot be asked together. */
export function checkAsk({ format, as, all, redact, records, filter }: ExportAsk): void {
  const refuse = (why: string): never => {
    throw new VerbatimError("usage", why);
  };
  if (as !== undefined && format !== "jsonl")
    refuse(`--as ${as} is a shape of lines: use it with --format jsonl`);
  if (format === "original") checkOriginal({ redact, filter, records }, refuse);
  if (records === true && (as !== undefined || isTranscript(format)))
    refuse("--records is for json, jsonl and parquet as they are: the others show what was said");
  if (redact && format === "parquet")
    refuse("--redact is not for parquet; use md, html, json or jsonl");
  if (all && filter.session !== undefined)
    refuse(`either the session ${filter.session} or --all, not both`);
  if (!all && filter.session === undefined)
    refuse(
      "say which session to export, or --all; for example: verbatim export --all --format md --out transcripts",
    );
}

/** Files are given back as they were: nothing in them can be chosen or taken out. (X60) */
function checkOriginal(
  { redact, filter, records }: Pick<ExportAsk, "redact" | "filter" | "records">,
  refuse: (why: string) => never,
): void {
  if (redact) refuse("redact is not for original: those files are given back byte for byte");
  if (records === true) refuse("records is not for original: those files hold all of theirs");
  const { sender, tier, chain } = filter;
  if ((sender ?? tier ?? chain) !== undefined)
    refuse("original is whole files: sender, tier and chain choose messages, so use another form");
}

/** Whether the form shows what was said and, of bookkeeping, only that something began or changed. */
function isTranscript(format: ExportFormat): boolean {
  return format === "md" || format === "html";
}

/** Whether a message is bookkeeping of a chat session that was not asked for. (X24) */
export function isKeptBack({ kind, source }: Message, { format, records }: ExportAsk): boolean {
  return (
    kind === "record" && source === SESSION_SOURCE && records !== true && !isTranscript(format)
  );
}

/** Whether a message fits, as far as its source says. */
export function fitsSaid(message: Message, filter: ExportFilter): boolean {
  const { session, source, sender, since, until } = filter;
  if (session !== undefined && !message.session_id.startsWith(session)) return false;
  if (source !== undefined && message.source !== source) return false;
  if (sender !== undefined && message.author.name !== sender) return false;
  if (since !== undefined && message.said_at < since) return false;
  return until === undefined || message.said_at < until;
}

/** Whether it fits by what was worked out. */
export function fitsWorkedOut(
  { enrichment }: Pick<EnrichedMessage, "enrichment">,
  { tier, chain }: ExportFilter,
): boolean {
  if (tier !== undefined && enrichment.ace_tier !== tier) return false;
  return chain === undefined || enrichment.chain_type === chain;
}

/** Whether that has to be worked out to know what fits. */
export function isWorkedOut({ tier, chain }: ExportFilter): boolean {
  return tier !== undefined || chain !== undefined;
}
