/**
 * Taking records from others into the journal, and answering each.
 *
 *   I1  A receipt that says created or known means the record is in the journal,
 *       after its fdatasync.
 *   I2  Receipts come in the order of the records, one each.
 *   I3  A record offered `once` is written at most once: also when the same name
 *       comes twice in one batch, or from two connections at the same moment.
 *       The same bytes are known; other bytes are a conflict.
 *
 * Who stands at the other end, and how the bytes came, is not known here. Every
 * decision about a batch is taken before anything is waited for, so that two
 * batches can never both think they are first.
 */
import { invariant, VerbatimError } from "../errors.ts";
import { FILE_SOURCES } from "../follow/cursors.ts";
import type { Journal } from "../journal/port.ts";
import { KEY_BYTES_MAX, RAW_BYTES_MAX, SOURCE_BYTES_MAX } from "../limits.ts";
import type { Heard } from "../message/heard.ts";
import type { Names } from "./names.ts";
import type { Offered, Receipt } from "./port.ts";

export interface Desk {
  /** Receipts for the batch, once all of it is safe or refused. The bytes must stay as they are until then. */
  offer(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  /** Every record taken here up to this seq is among the names. `durable`: how far the journal is safe. */
  asOf(durable: number): number;
  /** When the last record was safe: UTC, ISO 8601; null before the first. */
  lastHeardAt(): string | null;
}

export type DeskPorts = {
  readonly journal: Pick<Journal, "append">;
  readonly names: Names;
  readonly now: () => string;
};

/** What became of an append: the seq of its first record, or why it was refused. */
type Outcome =
  | { readonly kind: "safe"; readonly first: number }
  | { readonly kind: "refused"; readonly error: VerbatimError };

type Batch = {
  readonly heard: Heard[];
  readonly mine: { readonly name: string; readonly pending: Pending }[];
  readonly at: string;
  readonly outcome: PromiseWithResolvers<Outcome>;
};

/** A record on its way into the journal. */
type Pending = { readonly digest: string; readonly batch: Batch; readonly index: number };

/** How the receipt of one record is found, once everything has been waited for. */
type Answer =
  | { readonly kind: "ready"; readonly receipt: Receipt }
  | { readonly kind: "written"; readonly as: Pending; readonly status: Status };
type Status = "created" | "known" | "conflict";

/** The one desk of a journal: names on their way are only known to it. */
export function openDesk(ports: DeskPorts): Desk {
  const room: Room = { names: ports.names, pending: new Map() };
  let lastHeardAt: string | null = null;
  let onTheirWay = 0;
  let asOf = 0;
  return {
    offer: async (offered) => {
      const outcome = Promise.withResolvers<Outcome>();
      const batch: Batch = { heard: [], mine: [], at: ports.now(), outcome };
      const answers = offered.map((one) => decide(room, one, batch));
      onTheirWay += 1;
      const written = write(room, ports.journal, batch).finally(() => {
        onTheirWay -= 1;
      });
      const [outcomes] = await Promise.all([outcomesOf(answers), written]);
      if (outcomes.get(batch)?.kind === "safe") lastHeardAt = batch.at;
      return answers.map((answer) => receiptOf(answer, outcomes));
    },
    asOf: (durable) => {
      if (onTheirWay === 0) asOf = durable;
      return asOf;
    },
    lastHeardAt: () => lastHeardAt,
  };
}

/** What is known and what is on its way. */
type Room = { readonly names: Names; readonly pending: Map<string, Pending> };

function decide(room: Room, one: Offered, batch: Batch): Answer {
  const receipt = refusalOf(one);
  if (receipt !== null) return { kind: "ready", receipt };
  const name = room.names.nameOf(one);
  const digest = room.names.digest(one.raw);
  if (one.once) {
    const known = room.names.find(name);
    if (known !== undefined) {
      return { kind: "ready", receipt: { status: statusOf(known, digest), seq: known.seq } };
    }
    const first = room.pending.get(name);
    if (first !== undefined) return { kind: "written", as: first, status: statusOf(first, digest) };
  }
  const mine: Pending = { digest, batch, index: batch.heard.length };
  if (!room.pending.has(name)) room.pending.set(name, mine);
  batch.heard.push({ source: one.source, key: one.key, at: batch.at, raw: one.raw });
  batch.mine.push({ name, pending: mine });
  return { kind: "written", as: mine, status: "created" };
}

function statusOf(first: { readonly digest: string }, digest: string): "known" | "conflict" {
  return first.digest === digest ? "known" : "conflict";
}

/** Appends what is new; afterwards its names are remembered, or free again. */
async function write(room: Room, journal: DeskPorts["journal"], batch: Batch): Promise<void> {
  const outcome = await append(journal, batch.heard);
  for (const { name, pending: one } of batch.mine) {
    if (outcome.kind === "safe") {
      room.names.add(name, { seq: outcome.first + one.index, digest: one.digest });
    }
    if (room.pending.get(name) === one) room.pending.delete(name);
  }
  batch.outcome.resolve(outcome);
}

async function append(journal: DeskPorts["journal"], heard: readonly Heard[]): Promise<Outcome> {
  if (heard.length === 0) return { kind: "safe", first: 0 };
  try {
    return { kind: "safe", first: await journal.append(heard) };
  } catch (error) {
    // Anything else is a broken promise of ours, and ends the process.
    if (!(error instanceof VerbatimError)) throw error;
    return { kind: "refused", error };
  }
}

/** Waits for every batch that an answer depends on, each once. */
async function outcomesOf(answers: readonly Answer[]): Promise<ReadonlyMap<Batch, Outcome>> {
  const batches = new Set<Batch>();
  for (const answer of answers) if (answer.kind === "written") batches.add(answer.as.batch);
  const outcomes = new Map<Batch, Outcome>();
  for (const batch of batches) outcomes.set(batch, await batch.outcome.promise);
  return outcomes;
}

function receiptOf(answer: Answer, outcomes: ReadonlyMap<Batch, Outcome>): Receipt {
  if (answer.kind === "ready") return answer.receipt;
  const outcome = outcomes.get(answer.as.batch);
  invariant(outcome !== undefined, "every batch an answer depends on was waited for");
  if (outcome.kind === "safe") {
    return { status: answer.status, seq: outcome.first + answer.as.index };
  }
  return { status: "refused", code: outcome.error.code, message: outcome.error.message };
}

const SOURCE: RegExp = /^[a-z0-9][a-z0-9-]*$/;

/** Why a record is not taken at all, whoever offers it, or null. */
export function refusalOf(one: Offered): Receipt | null {
  if (one.raw.length > RAW_BYTES_MAX) {
    const message = `The record has ${one.raw.length} bytes; at most ${RAW_BYTES_MAX} are taken.`;
    return { status: "refused", code: "too_large", message };
  }
  if (!SOURCE.test(one.source) || one.source.length > SOURCE_BYTES_MAX) {
    return invalid("A source is named in lower case, digits and dashes, at most 64 of them.");
  }
  if (FILE_SOURCES.includes(one.source)) {
    return invalid(`Records of ${one.source} are heard from files only.`);
  }
  // No text is longer in UTF-8 than three bytes for each UTF-16 unit: only near the bound it is counted.
  if (one.key.length === 0 || (one.key.length * 3 > KEY_BYTES_MAX && isTooLong(one.key))) {
    return invalid(`A key has 1 to ${KEY_BYTES_MAX} bytes.`);
  }
  // No database has a text with NUL, and no other with half a surrogate pair: a name must come back as it was given.
  if (one.key.includes("\0") || !one.key.isWellFormed()) {
    return invalid("A key is text without NUL and without half a surrogate pair.");
  }
  return null;
}

function isTooLong(key: string): boolean {
  return new TextEncoder().encode(key).length > KEY_BYTES_MAX;
}

function invalid(message: string): Receipt {
  return { status: "refused", code: "input_invalid", message };
}
