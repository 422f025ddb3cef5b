/**
 * A repair of the journal that is killed before its n-th change: what came back
 * by it is gone through again for what was forgotten, whoever died over it.
 *
 * All steps are tried by `bun run soak --kills`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newReceipt, type Receipt } from "../packages/core/src/forget/index.ts";
import { aHeard } from "../packages/core/src/testing/index.ts";
import { openReceiptShelf, type ReceiptShelf } from "../packages/drivers/src/files/index.ts";
import { openJournal } from "../packages/drivers/src/journal/index.ts";
import { changesOf, type Dying, ran, ranUntil, stepsOf } from "../packages/drivers/test/die.ts";
import { flip } from "./world/damage.ts";

const FEW = 4;
const AT = "2026-03-05T00:00:00.000Z";
const DONE = { state: "done", step: "done", done_at: AT } as const;
const IDS = [1, 2].map((number) => `5a3b1c9e-0000-4000-8000-00000000000${number}`);
let place: string;
let whole: Buffer;

const segmentIn = (home: string): string => {
  const [name = ""] = readdirSync(join(home, "journal/archive"));
  return join(home, "journal/archive", name);
};
const shelfIn = (home: string): ReceiptShelf => openReceiptShelf(join(home, "receipts"));

/** A sealed segment that lies in a checkpoint, and is damaged; and two who were forgotten. */
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "vb-repair-kills-"));
  const home = join(place, "base");
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  await journal.append(Array.from({ length: 20 }, (_, at) => aHeard(at)));
  await journal.close();
  expect((await ran(["--home", home, "checkpoint"])).code).toBe(0);
  whole = readFileSync(segmentIn(home));
  flip(segmentIn(home), whole.indexOf("message number 3"), 1);
  for (const [at, receipt_id] of IDS.entries()) {
    const asked = newReceipt({ receipt_id, what: {}, reason: null }, { seq: at + 1, at: AT });
    await shelfIn(home).save({ ...asked, ...DONE });
  }
}, 60_000);

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

async function pending(shelf: ReceiptShelf): Promise<readonly Receipt[]> {
  return (await shelf.list()).filter(({ state }) => state === "pending");
}

/** What the workers do: those that wait, and then what is noted. Gives who was gone through. */
async function goneThrough(shelf: ReceiptShelf): Promise<readonly string[]> {
  const seen = new Set<string>();
  do {
    for (const one of await pending(shelf)) {
      seen.add(one.receipt_id);
      await shelf.save({ ...one, ...DONE });
    }
  } while ((await shelf.goAgain()) > 0);
  return [...seen].toSorted();
}

test("V43: killed before any change of a repair, what came back is gone through again for everybody who was forgotten", async () => {
  const home = join(place, "now");
  const args = ["--home", home, "verify", "--repair"];
  const dying: Dying = { args, kinds: ["files"], arm: join(place, "arm") };
  const begun = (): void => {
    rmSync(home, { recursive: true, force: true });
    cpSync(join(place, "base"), home, { recursive: true });
  };
  begun();
  const { changes, code, out } = await changesOf(dying);
  expect([code, out]).toEqual([0, out]);
  expect(out).toContain("2 of what was forgotten are gone through again");
  for (const nth of stepsOf(changes, FEW)) {
    begun();
    expect((await ranUntil(nth, dying)).code).toBe(null);
    const shelf = shelfIn(home);
    const isBack = readFileSync(segmentIn(home)).equals(whole);
    const isKnown = (await shelf.isNoted()) || (await pending(shelf)).length === IDS.length;
    expect([nth, isBack, isKnown || !isBack]).toEqual([nth, isBack, true]);
    const again = await ran(args);
    expect([nth, again.code, again.out]).toEqual([nth, 0, again.out]);
    expect([nth, await goneThrough(shelf)]).toEqual([nth, IDS]);
    expect([nth, await shelf.isNoted()]).toEqual([nth, false]);
    expect(readFileSync(segmentIn(home)).equals(whole)).toBe(true);
  }
}, 600_000);
