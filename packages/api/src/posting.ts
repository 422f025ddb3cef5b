/**
 * Posted messages on their way into the journal: each named, asked for in the
 * deep store, handed over, and given its receipt.
 *
 *   A1  A receipt that says created or known was given by the writer, after
 *       fdatasync, or by the deep store, which is made from the journal.
 *   A2  What is handed over is the item's exact bytes as the client sent them;
 *       of a key of one user, with whose it is put in (owning.ts).
 *   A3  Every item has its own receipt, in order; one that is wrong takes no
 *       other with it.
 *   A4  A retry records nothing twice: items with an id by their id, items
 *       without one by the Idempotency-Key, also after a restart.
 *
 * "The same body" is the same bytes, because bytes are what the journal keeps.
 */
import {
  failureOf,
  type Item,
  isFailureCode,
  type Offered,
  type Receipt,
  VerbatimError,
} from "@verbatim/core";
import type { PostReceipt } from "./contract.ts";
import type { ApiPorts } from "./ports.ts";
import { within } from "./waiting.ts";

/** Recording waits no longer than this for a database that only knows of retries older than the writer remembers. */
const KNOWN_MS = 1000;
/** A database that did not answer is left alone for so long, so that it does not slow down every recording. */
const KNOWN_PAUSE_MS = 5000;

/** An item that may be recorded, or why it may not. */
export type Checked =
  | { readonly ok: true; readonly raw: Uint8Array; readonly item: Item }
  | {
      readonly ok: false;
      readonly id: string | null;
      readonly path: string;
      readonly message: string;
    };

/** What recording needs of the world. */
export type PostingPorts = Pick<ApiPorts, "intake" | "newId" | "sha256"> & {
  readonly memory: Memory;
};

/** Records what may be recorded. Throws `ingest_unreachable` when the writer gave no receipts. */
export async function record(
  checked: readonly Checked[],
  ports: PostingPorts,
  asked: { readonly idempotency: string | null; readonly source: string },
): Promise<readonly PostReceipt[]> {
  const named = checked.map((one, place) => nameOf(one, place, asked, ports));
  const older = await ports.memory.of(
    asked.source,
    named.flatMap((one) => (one.ok && one.offered.once ? [one.offered.key] : [])),
  );
  const toHand = named.filter((one) => one.ok && !older.has(one.offered.key));
  const offered = toHand.flatMap((one) => (one.ok ? [one.offered] : []));
  const given = offered.length === 0 ? [] : await ports.intake.hand(offered);
  const receipts = new Map(toHand.map((one, place) => [one, given[place]]));
  return named.map((one, place) => {
    if (!one.ok) return one.receipt;
    const { key, raw } = one.offered;
    const before = older.get(key);
    const receipt =
      before === undefined
        ? receiptOf(key, receipts.get(one))
        : knownReceipt(key, before, ports.sha256(raw));
    return placed(receipt, place);
  });
}

/** An error says which item it is about. */
function placed(receipt: PostReceipt, place: number): PostReceipt {
  const { error } = receipt;
  return error === undefined
    ? receipt
    : { ...receipt, error: { ...error, path: `messages.${place}` } };
}

/** Whether an item that was not taken may be taken later as it is. */
export function isWorthRetrying(receipt: PostReceipt): boolean {
  const code = receipt.error?.code ?? "";
  return isFailureCode(code) && failureOf(code).retry === "later";
}

type Before = { readonly seq: number; readonly sha256: string };
type Named =
  | { readonly ok: true; readonly offered: Offered }
  | { readonly ok: false; readonly receipt: PostReceipt };

function nameOf(
  one: Checked,
  place: number,
  { idempotency, source }: { readonly idempotency: string | null; readonly source: string },
  ports: Pick<ApiPorts, "newId" | "sha256">,
): Named {
  if (!one.ok) {
    const { id, path, message } = one;
    const error = { code: "input_invalid", message, path };
    return { ok: false, receipt: { id, seq: null, status: "error", error } };
  }
  const derived =
    idempotency === null ? null : `idem-${ports.sha256(`${idempotency}\0${place}`).slice(0, 32)}`;
  const key = one.item.id ?? derived ?? ports.newId();
  // A name we have just made up cannot have been heard before.
  const once = one.item.id !== undefined || derived !== null;
  return { ok: true, offered: { source, key, raw: one.raw, once } };
}

/** What the deep store knows of ids of messages, each of a source. */
export interface Memory {
  /** Seq and digest of the ids that are known; empty while nobody can say. */
  of(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, Before>>;
}

/**
 * The deep store, with little patience. While it is away, a retry that is older
 * than the writer remembers is recorded again and settles as a repeat: shown
 * once, and nothing lost.
 */
export function openMemory(ports: Pick<ApiPorts, "library" | "intake" | "now">): Memory {
  let quietUntil = 0;
  return {
    of: async (source, ids) => {
      if (ids.length === 0 || ports.now().getTime() < quietUntil) return new Map();
      const asked = recordedBefore(ports, source, ids).catch(() => null);
      const known = await within(KNOWN_MS, asked);
      if (known === null) quietUntil = ports.now().getTime() + KNOWN_PAUSE_MS;
      return known ?? new Map();
    },
  };
}

/**
 * What the deep store knows, if it is made from the writer's journal and is not
 * ahead of it: a database of another journal, or of a later state of this one
 * (a home that was restored), says nothing of what is on our disk (A1). The
 * writer is asked second, so that it can only have more.
 */
async function recordedBefore(
  { library, intake }: Pick<ApiPorts, "library" | "intake">,
  source: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Before>> {
  const found = await library.known(source, ids);
  if (found.size === 0) return found;
  const { journal_id, heard } = await intake.status();
  const ours = [...found].filter(
    ([, one]) => one.journal_id === journal_id && one.settled_to <= heard,
  );
  return new Map(ours);
}

function knownReceipt(id: string, before: Before, sha256: string): PostReceipt {
  if (before.sha256 === sha256) return { id, seq: before.seq, status: "known" };
  return conflict(id, before.seq);
}

function conflict(id: string, seq: number): PostReceipt {
  const message = `this id is known with another body (seq ${seq}); a retry sends the same bytes, a new message a new id`;
  return { id, seq: null, status: "error", error: { code: "conflict", message } };
}

function receiptOf(id: string, receipt: Receipt | undefined): PostReceipt {
  if (receipt === undefined)
    throw new VerbatimError(
      "ingest_unreachable",
      "the recorder did not answer for every message; send them again, with the same ids",
    );
  if (receipt.status === "conflict") return conflict(id, receipt.seq);
  if (receipt.status === "refused") {
    const { code, message } = receipt;
    return { id, seq: null, status: "error", error: { code, message } };
  }
  return { id, seq: receipt.seq, status: receipt.status };
}
