/** Journals with sealed segments of some size, for tests of what rewrites them. */
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aHeard } from "@verbatim/core/testing";
import { openRewriting, type Saved } from "../src/journal/rewrite.ts";
import { openJournal } from "../src/journal/writer.ts";

/** A sealed segment: the journal's folder, and the segment's name in it. */
export type Sealed = { readonly dir: string; readonly file: string };

/** Records that do not compress to nothing: words that a generator with a seed makes. */
export function words(bytes: number, seed: number): Uint8Array {
  let state = seed + 1;
  const some = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  let text = "";
  while (text.length < bytes) text += `${(some() % 5000).toString(36)} `;
  return new TextEncoder().encode(text.slice(0, bytes));
}

/** One sealed segment with so many entries of so many bytes. */
export async function sealedJournal(
  entries: number,
  bytes: number,
  at = "2026-01-01T00:00:00Z",
): Promise<Sealed> {
  const dir = mkdtempSync(join(tmpdir(), "vb-sealed-"));
  const journal = await openJournal({ dir, program: "test", now: () => new Date(at) });
  for (let one = 0; one < entries; one += 1) {
    await journal.append([{ ...aHeard(one), raw: words(bytes, one) }]);
  }
  await journal.close();
  return { dir, file: `archive/${readdirSync(join(dir, "archive"))[0] ?? ""}` };
}

/** Compresses a segment; what was saved. */
export async function compress({ dir, file }: Sealed): Promise<Saved | null> {
  using rewriting = openRewriting({ dir, program: "test" });
  const { signal } = new AbortController();
  return await rewriting.compress(file, { onProgress: () => {}, signal });
}
