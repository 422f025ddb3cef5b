/** Forgetting whose receipts are in memory, with one that is always there. */
import type { Sha256 } from "@verbatim/core";
import { newReceipt, type Receipt } from "@verbatim/core/forget";
import { type Forgets, openForgets } from "../forgets/asked.ts";
import type { ApiPorts } from "../ports.ts";

/** A receipt that is always there; it hides nothing. */
export const A_RECEIPT: string = "5a3b1c9e-0000-4000-8000-000000000001";

/** Asks this recorder; `at` is when the receipt that is there was asked for. */
export function fakeForgets(intake: ApiPorts["intake"], sha256: Sha256, at: string): Forgets {
  const said = { receipt_id: A_RECEIPT, what: {}, reason: null };
  const kept = new Map([[A_RECEIPT, newReceipt(said, { seq: 1, at })]]);
  const receipts = {
    list: async () => [...kept.values()].toReversed(),
    read: async (id: string) => kept.get(id) ?? null,
    save: async (one: Receipt) => void kept.set(one.receipt_id, one),
  };
  const sessionsOf = async (): Promise<readonly string[]> => [];
  return openForgets({ intake, receipts, sha256, sessionsOf, now: () => new Date() }, []);
}
