import { expect, test } from "bun:test";
import { type Log, STANDARD_TAXONOMY, type Taxonomy } from "@verbatim/core";
import { held, watchTaxonomy } from "./taxonomy.ts";

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const idOf = ({ name, version }: Taxonomy): string => `${name}@${version}`;
const version = (number: number): Taxonomy => ({ ...STANDARD_TAXONOMY, version: number });

/** What lies there, look by look; the last of it stays. Null is a broken one. */
function there(looks: (number | null)[]) {
  let seen = 0;
  const load = async (): Promise<Taxonomy> => {
    const one = looks[Math.min(seen, looks.length - 1)] ?? null;
    seen += 1;
    if (one === null) throw new Error("broken");
    return version(one);
  };
  return { load, seen: () => seen };
}

test("W6: the taxonomy of a life holds, and another whole one that stays ends it, once", async () => {
  const place = there([1, 1, 2, 1, null, 3, null, 4, 4]);
  const holds = held({ load: place.load, idOf });
  await holds();
  const ended = Promise.withResolvers<number>();
  let times = 0;
  using _ = watchTaxonomy({
    held: holds,
    load: place.load,
    idOf,
    log,
    every_ms: 1,
    changed: () => {
      times += 1;
      ended.resolve(place.seen());
    },
  });
  expect(await ended.promise).toBe(9);
  expect(idOf(await holds())).toBe("standard@1");
  expect(times).toBe(1);
});
