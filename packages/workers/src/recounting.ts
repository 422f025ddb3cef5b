/**
 * Counting everything again: when the taxonomy has changed, when the numbers are
 * new to this database, or when somebody asked for it. A job of its own, so that
 * saving goes on meanwhile; it can be followed, and killed: the next one goes on
 * where the numbers stand.
 */
import { type DeepStore, type Hints, openSettledReader } from "@verbatim/core";
import { catchUp } from "./pipeline.ts";
import type { SettlerParts } from "./settler.ts";

type Counting = Pick<DeepStore, "cursor" | "countedTo" | "recount" | "newest">;

/** How far a recount is; also the progress of its job. */
export type RecountProgress = { readonly counted_to: number; readonly settled_to: number };

/** Counts until the numbers stand where the archive stands, or until the signal. */
export async function recountAll(
  deep: Counting,
  { journal, settling, log }: Pick<SettlerParts, "journal" | "settling" | "log">,
  tell: (progress: RecountProgress) => Promise<void>,
  signal: AbortSignal,
): Promise<RecountProgress> {
  const ports = { settled: openSettledReader(journal, await settling()), log };
  let settled_to = await deep.cursor();
  const consumer = {
    name: "numbers",
    cursor: () => deep.countedTo(),
    newest: () => deep.newest(),
    take: async (stretch: Parameters<Counting["recount"]>[0]): Promise<void> => {
      await deep.recount(stretch);
      await tell({ counted_to: stretch.at(-1)?.entry.seq ?? 0, settled_to });
    },
  };
  let counted_to = await deep.countedTo();
  while (counted_to < settled_to && !signal.aborted) {
    const before = counted_to;
    counted_to = await catchUp(consumer, ports, settled_to, signal);
    settled_to = await deep.cursor();
    if (counted_to === before) break;
  }
  return { counted_to, settled_to };
}

/** Numbers that stand behind the archive are noticed this soon. */
const LOOK_MS = 5000;

/** Announces a recount whenever there is something to count again, until disposed. */
export function lookForUncounted(deep: Counting, hints: Hints): Disposable {
  const timer = setInterval(async () => {
    try {
      const [counted, settled] = [await deep.countedTo(), await deep.cursor()];
      if (counted < settled) hints.announce(settled);
    } catch {
      // Away, or without tables yet: the next look comes soon.
    }
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
