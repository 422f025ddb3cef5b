/** Receipts that are to be gone through again. */
import { expect, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newReceipt, type Receipt } from "@verbatim/core/forget";
import { openReceiptShelf } from "./receipts.ts";

const AT = "2026-03-05T00:00:00.000Z";
const idOf = (number: number): string => `5a3b1c9e-0000-4000-8000-00000000000${number}`;

function aReceipt(number: number, over: Partial<Receipt>): Receipt {
  const said = { receipt_id: idOf(number), what: {}, reason: null };
  return { ...newReceipt(said, { seq: number, at: AT }), ...over };
}

test("V43: what is noted waits until nobody waits, and then all of it waits again, also for who comes later", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vb-receipts-"));
  const shelf = openReceiptShelf(dir);
  const done = { state: "done", step: "done", done_at: AT } as const;
  await shelf.save(aReceipt(1, done));
  await shelf.save(aReceipt(2, { step: "postgres" }));
  expect([await shelf.goAgain(), await shelf.isNoted()]).toEqual([0, false]);
  await shelf.noteAgain();
  // Its plan is from before: what comes back is in none.
  expect([await shelf.goAgain(), await shelf.isNoted()]).toEqual([0, true]);
  expect(await shelf.read(idOf(1))).toMatchObject({ state: "done" });
  await shelf.save(aReceipt(2, done));
  const later = openReceiptShelf(dir);
  expect([await later.goAgain(), await later.isNoted()]).toEqual([2, false]);
  for (const number of [1, 2]) expect(await later.read(idOf(number))).toEqual(aReceipt(number, {}));
  expect(await later.list()).toHaveLength(2);
});
