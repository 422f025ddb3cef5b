/**
 * Entries as checkpoints hold them, whole files or not: for who can prove what
 * he takes, as putting a journal right does.
 */
import type { Entry, Sha256 } from "@verbatim/core";
import { entriesIn } from "./differing.ts";
import { namesIn } from "./names-in.ts";
import { indexIn } from "./recovering.ts";

/** Those between two places, both included, as far as they can be read; what is withheld is not among them. */
export async function entriesHeld(
  dir: string,
  range: { readonly first: number; readonly last: number },
  sha256: Sha256,
): Promise<readonly Entry[]> {
  const index = await indexIn(dir, sha256);
  const ids =
    index?.ok === true
      ? index.value.checkpoints
          .filter((one) => one.last_seq >= range.first && one.first_seq <= range.last)
          .map(({ id }) => id)
      : [...(await namesIn(dir)).ids];
  const found = new Map<number, Entry>();
  for (const id of ids)
    for await (const one of entriesIn(dir, id)) {
      if (one === null || one.raw === null) continue;
      const { seq, at, source, key, raw } = one;
      if (seq >= range.first && seq <= range.last) found.set(seq, { seq, at, source, key, raw });
    }
  return [...found.values()].toSorted((a, b) => a.seq - b.seq);
}
