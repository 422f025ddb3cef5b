/** What is found by domain, tier and tag after another taxonomy counted everything again, on a real Postgres. */
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, SEGMENT_SEQS, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openLibrary } from "./library.ts";

const STEP = 1000;
/** A sealed segment, and some that are not in one. */
const ENTRIES: number = SEGMENT_SEQS + 300;

const settle = makeSettle({
  sha256: (data) => createHash("sha256").update(data).digest("hex"),
});
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
afterAll(async () => {
  await library[Symbol.asyncDispose]();
  await deep[Symbol.asyncDispose]();
});

/** Entries as a taxonomy has them: of its one domain, and tagged so. */
function by(taxonomy: string, from: number, to: number): readonly Settled[] {
  return Array.from({ length: to - from + 1 }, (_, at) => {
    const settled = settle(anEntry(from + at));
    const messages = settled.messages.map((message) => ({
      ...message,
      enrichment: {
        ...message.enrichment,
        taxonomy,
        chain_type: `of_${taxonomy}`,
        shl_tags: [`@Chain-of_${taxonomy}`],
      },
    }));
    return { ...settled, messages };
  });
}

async function inSteps(work: (from: number, to: number) => Promise<void>): Promise<void> {
  for (let from = 1; from <= ENTRIES; from += STEP)
    await work(from, Math.min(ENTRIES, from + STEP - 1));
}

async function found(filter: {
  readonly chain_type?: string;
  readonly tag?: string;
}): Promise<number> {
  let count = 0;
  let after: { readonly seq: number; readonly sub: number } | undefined;
  for (;;) {
    const page = await library.search("journal", filter, {
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    count += page.rows.length;
    if (page.next === null) return count;
    after = page.next;
  }
}

test("S6: after a recount all is found by what the new taxonomy says, sealed or not, and nothing by the old", async () => {
  await deep.claim("journal-1");
  await deep.useTaxonomy("old");
  await inSteps(async (from, to) => await deep.save(by("old", from, to)));
  while ((await deep.indexSome()) > 0);
  expect(await found({ chain_type: "of_old" })).toBe(ENTRIES);

  await deep.useTaxonomy("new");
  await deep.recount(by("new", 1, STEP));
  expect(await found({ chain_type: "of_old" })).toBe(ENTRIES - STEP);
  await inSteps(async (from, to) => await deep.recount(by("new", from, to)));
  expect(await found({ chain_type: "of_new" })).toBe(ENTRIES);
  expect(await found({ tag: "@Chain-of_new" })).toBe(ENTRIES);
  expect(await found({ chain_type: "of_old" })).toBe(0);
}, 60_000);
