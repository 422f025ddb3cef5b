/**
 * Asking for old files to be forgotten: one entry of the journal for many files,
 * which the machinery of forgetting goes on from (forget/).
 *
 *   V33  What is being forgotten already is not asked for again: a run every day
 *        over a forget that waits makes one receipt.
 */

import { VerbatimError } from "../errors.ts";
import { fileDigest } from "../forget/aged.ts";
import { offeredForget } from "../forget/ask.ts";
import { newReceipt, type Receipt } from "../forget/receipt.ts";
import type { Intake } from "../intake/port.ts";
import type { Sha256 } from "../settle/port.ts";
import type { AgedFile } from "./aged.ts";

export type AskingPorts = {
  readonly intake: Pick<Intake, "hand">;
  readonly receipts: {
    list(): Promise<readonly Receipt[]>;
    save(receipt: Receipt): Promise<void>;
  };
  readonly sha256: Sha256;
  readonly newId: () => string;
  readonly now: () => string;
};

/** Asks for them, and gives the receipt; when it resolves it is in the journal. */
export async function askToForget(
  files: readonly AgedFile[],
  before: string,
  ports: AskingPorts,
): Promise<string> {
  const pending = (await ports.receipts.list()).filter(({ state }) => state === "pending");
  const underWay = new Set(pending.flatMap(({ what }) => what.files_sha256 ?? []));
  const digests = files.map((file) => fileDigest(file, ports.sha256));
  const fresh = digests.filter((digest) => !underWay.has(digest));
  const known = pending.find(({ what }) => what.files_sha256?.some((one) => digests.includes(one)));
  if (fresh.length === 0 && known !== undefined) return known.receipt_id; // (V33)
  const said = {
    receipt_id: ports.newId(),
    what: { files_sha256: fresh, before },
    reason: `retention.json: nothing new since ${before.slice(0, 10)}`,
  };
  const [told] = await ports.intake.hand([offeredForget(said)]);
  if (told === undefined || told.status === "refused")
    throw new VerbatimError("ingest_unreachable", told?.message ?? "the recorder gave no receipt");
  // The workers find it in the journal too: without the file it only takes them longer.
  await ports.receipts
    .save(newReceipt(said, { seq: told.seq, at: ports.now() }))
    .catch(() => undefined);
  return said.receipt_id;
}
