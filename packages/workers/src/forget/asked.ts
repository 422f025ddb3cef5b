/**
 * What was asked to be forgotten: found in the journal, whoever wrote it there,
 * and done one after another, the oldest first.
 *
 *   Y15  What the journal asks to be forgotten and was not done is found again
 *        after everything but the journal was lost, and whatever dies meanwhile.
 *   W21  What was forgotten is forgotten again when a journal from before it is
 *        put back: its receipt is still there, and asks again. An ask that is
 *        only damaged asks nothing: more would be meant by it now.
 */
import { failureOf, type Hints, VerbatimError } from "@verbatim/core";
import { askedBy, forgetIn, newReceipt, type Receipt } from "@verbatim/core/forget";
import { forget } from "./forgetting.ts";
import type { ForgetPorts } from "./ports.ts";

type Head = { readonly seq: number; readonly source: string; readonly key: string };

export type AskedParts = {
  readonly ports: ForgetPorts;
  readonly shelf: ForgetPorts["shelf"] & {
    list(): Promise<readonly Receipt[]>;
    read(id: string): Promise<Receipt | null>;
    seen(): Promise<number>;
    saw(seq: number): Promise<void>;
  };
  /** Lets what was done wait again where a repair noted that, or died after it did. (V43) */
  readonly again: () => Promise<void>;
  readonly journal: ForgetPorts["journal"] & { scanHeads(from: number): AsyncIterable<Head> };
};

/** A receipt that the API wrote is noticed this soon, one that only the journal has soon after. */
const LOOK_MS = 1000;
const SEARCH_EVERY = 10;

/** Gives every forget of the journal a receipt. (Y15) */
export async function findAsked({
  journal,
  shelf,
  ports,
}: Omit<AskedParts, "again">): Promise<void> {
  await removeOldPlans(shelf);
  const seen = await shelf.seen();
  // Put back from before: places that were looked at hold something else now.
  const from = seen > (await journal.last()) ? 1 : seen + 1;
  let last = from - 1;
  for await (const head of journal.scanHeads(from)) {
    last = head.seq;
    const id = askedBy(head);
    if (id === null || (await shelf.read(id)) !== null) continue;
    const [entry] = await journal.read({ from: head.seq, to: head.seq, entries: 1, bytes: 1 });
    const said = entry === undefined ? null : forgetIn(entry.raw);
    if (entry === undefined || said === null) continue;
    await shelf.save(newReceipt(said, entry));
    ports.log.info("forget_found", { receipt: id });
  }
  if (last >= from) await shelf.saw(last);
}

/** Asks again for what was done to another state of this journal. (W21) */
export async function askAgain({
  journal,
  shelf,
  ports,
}: Omit<AskedParts, "again">): Promise<void> {
  for (const receipt of (await shelf.list()).toReversed()) {
    if (receipt.state !== "done" || !(await isLost(receipt, journal))) continue;
    const seq = await ports.recordAsk(receipt);
    await shelf.save({ ...receipt, seq, state: "pending", step: "planning", done_at: null });
    ports.log.warn("forget_asked_again", { receipt: receipt.receipt_id, was: receipt.seq, seq });
  }
}

/** Whether the journal proves that it does not have the ask: something else lies there, or it does not go so far. */
async function isLost(
  { receipt_id, seq }: Receipt,
  journal: AskedParts["journal"],
): Promise<boolean> {
  const [entry] = await journal.read({ from: seq, to: seq, entries: 1, bytes: 1 });
  if (entry === undefined) return (await journal.last()) < seq;
  return askedBy(entry) !== receipt_id;
}

/** What names somebody goes with the rest, also when it could not be taken away at once. */
async function removeOldPlans(shelf: AskedParts["shelf"]): Promise<void> {
  for (const { receipt_id, state } of await shelf.list())
    if (state === "done" && (await shelf.plan(receipt_id)) !== null)
      await shelf.removePlan(receipt_id);
}

/** Does all that is pending; ends at the first that cannot be done now. */
export async function doForgets(
  parts: Omit<AskedParts, "again">,
  progress: (value: object) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly done: number; readonly waits: string | null }> {
  let done = 0;
  for (const receipt of (await pendingOf(parts.shelf)).toReversed()) {
    try {
      const { receipt_id } = receipt;
      await forget(receipt, parts.ports, (told) => progress({ receipt_id, ...told }), signal);
      done += 1;
    } catch (error) {
      if (!isForLater(error)) throw error;
      return { done, waits: error.message };
    }
  }
  return { done, waits: null };
}

function isForLater(error: unknown): error is VerbatimError {
  return error instanceof VerbatimError && failureOf(error.code).retry === "later";
}

async function pendingOf(shelf: AskedParts["shelf"]): Promise<readonly Receipt[]> {
  return (await shelf.list()).filter(({ state }) => state === "pending");
}

/** Announces a job whenever something is to be forgotten, until disposed. */
export function lookForForgets(parts: AskedParts, hints: Hints): AsyncDisposable {
  let looks = 0;
  let turn: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      if (looks === 0) await askAgain(parts);
      await parts.again();
      if (looks % SEARCH_EVERY === 0) await findAsked(parts);
      looks += 1;
      const [newest] = await pendingOf(parts.shelf);
      if (newest !== undefined) hints.announce(newest.seq);
    } catch (error) {
      parts.ports.log.warn("forgets_not_looked_for", { why: String(error) });
    }
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    turn = look().finally(() => {
      busy = false;
    });
  }, LOOK_MS);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await turn;
    },
  };
}
