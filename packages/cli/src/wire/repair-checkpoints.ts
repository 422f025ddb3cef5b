/**
 * The part of `verbatim verify --repair` about checkpoints: those that are
 * damaged or gone are made again, and what was forgotten is taken out.
 *
 * Opening the shelf puts the index right by itself.
 */
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { type CheckpointShelf, entriesAgain, isCheckpointId } from "@verbatim/core/checkpoints";
import { inParts, type Range } from "@verbatim/core/forget";
import { openCheckpointShelf } from "@verbatim/drivers/checkpoints";
import { droppedOn, journalIdOf } from "@verbatim/drivers/journal";
import { openParquet } from "@verbatim/drivers/parquet";
import type { Finding } from "../proof/finding.ts";
import type { Global, Surface } from "../surface.ts";
import { erasedIn } from "./checkpoints.ts";
import { openReading } from "./fitting.ts";
import { sha256 } from "./look.ts";

/** Workers that are making one are waited for. */
const WAIT_MS = 120_000;
const WHY = "forgotten before this folder was put back";

const CAME = {
  same: "made again, with the bytes it was made with",
  other:
    "made again from the journal, with other bytes; the index says so, and the chain is linked anew",
} as const;

/** Repairs what a finding says of checkpoints; gives what was done, each in a sentence. */
export async function repairCheckpoints(
  { problems }: Finding,
  { home }: Global,
  surface: Surface,
): Promise<readonly string[]> {
  const journalId = journalIdOf(join(home, FILES.journal));
  if (journalId === null || problems.length === 0) return [];
  try {
    await using shelf = await openCheckpointShelf({
      dir: join(home, FILES.checkpoints),
      ...{ journalId, program: "verify --repair", waitMs: WAIT_MS, signal: surface.signal },
      ...{ openTable: openParquet, sha256 },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
    const known = new Set(shelf.index().checkpoints.map(({ id }) => id));
    const ids = new Set(problems.map(({ file = "" }) => file.replace(/[.](json|parquet)$/, "")));
    const damaged = [...ids].filter((id) => isCheckpointId(id) && known.has(id));
    const index = problems.some(({ file }) => file === "index.json");
    return [
      ...(index ? ["checkpoints: the index is as the files say"] : []),
      ...(await remadeIn(home, shelf, { damaged, surface })),
      ...(await takenOut(home, shelf)),
    ];
  } catch (error) {
    // Of another journal: nothing here may touch it.
    if (error instanceof VerbatimError && error.code === "journal_foreign") return [];
    throw error;
  }
}

async function remadeIn(
  home: string,
  shelf: CheckpointShelf,
  { damaged, surface }: { readonly damaged: readonly string[]; readonly surface: Surface },
): Promise<readonly string[]> {
  const { journal, settled } = await openReading(home);
  const ports = { journal, settled, sha256, signal: surface.signal };
  const last = await journal.last();
  const done: string[] = [];
  try {
    for (const id of damaged) {
      const came = await shelf.remake(id, {
        entries: (one, hidden) => entriesAgain(one, hidden === "now" ? last : one.last_seq, ports),
        isNeeded: droppedOn(join(home, FILES.journal)),
        at: new Date().toISOString(),
      });
      if (came !== "not") done.push(`checkpoints: ${id}: ${CAME[came]}`);
    }
  } finally {
    await journal.close();
  }
  return done;
}

/** What was forgotten goes out of those that are whole; of those that are not it is told again. (C44) */
async function takenOut(home: string, shelf: CheckpointShelf): Promise<readonly string[]> {
  const erased: readonly Range[] = await erasedIn(home);
  const seqs = [...inParts(erased, Number.MAX_SAFE_INTEGER)].flat();
  try {
    const made = await shelf.erase({ seqs, why: WHY, at: new Date().toISOString() });
    return made.map(({ id }) => `checkpoints: ${id}: what was forgotten is taken out of it`);
  } catch (error) {
    if (error instanceof VerbatimError && error.code === "source_unreadable") return [];
    throw error;
  }
}
