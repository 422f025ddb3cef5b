/** What every place for copies keeps to (keeping/copies.ts). */
import { expect, test } from "bun:test";
import type { CopyPlace } from "../keeping/copies.ts";

export type CopiesWorld = {
  readonly place: CopyPlace;
  /** Another place, or another prefix in it, that nothing lies in. */
  readonly empty: CopyPlace;
  /** A file of this disk with these bytes. */
  file(bytes: Uint8Array): Promise<string>;
};

const MB = 1024 * 1024;

async function bytesIn(place: CopyPlace, name: string): Promise<Uint8Array | null> {
  const found = await place.read(name);
  if (found === null) return null;
  const pieces = await Array.fromAsync(found);
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Runs them against a place. */
export function copiesContract(what: string, world: () => Promise<CopiesWorld>): void {
  test(`C50: ${what}: what is put is read back to the byte, also when it is large, empty or replaced`, async () => {
    const { place, file } = await world();
    const large = Uint8Array.from({ length: 6 * MB + 7 }, (_, at) => (at * 31 + (at >> 9)) & 255);
    for (const bytes of [large, new Uint8Array(0), Uint8Array.of(1, 2, 255)]) {
      await place.put("journal/archive/session_20260101_000000-2.jsonl.zst", await file(bytes));
      const back = await bytesIn(place, "journal/archive/session_20260101_000000-2.jsonl.zst");
      expect(Buffer.from(back ?? []).equals(Buffer.from(bytes))).toBe(true);
    }
  }, 60_000);

  test(`C50: ${what}: what is not there is null, is not listed, and may be removed`, async () => {
    const { place, empty, file } = await world();
    const path = await file(Uint8Array.of(7));
    for (const name of ["b/2.json", "a/1.json", "index.json"]) await place.put(name, path);
    const listed = (await place.list()).filter((name) => !name.startsWith("journal/"));
    expect(listed).toEqual(["a/1.json", "b/2.json", "index.json"]);
    expect(await place.read("a/2.json")).toBe(null);
    await place.remove("a/2.json");
    await place.remove("a/1.json");
    expect(await place.read("a/1.json")).toBe(null);
    expect(await place.list()).not.toContain("a/1.json");
    expect(await empty.list()).toEqual([]);
  }, 60_000);
}
