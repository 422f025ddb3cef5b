/**
 * Whether the bus does what it is there for: every message heard is on the
 * record, and the canary comes all the way through to the archive.
 */
import { type BusStatus, busProblem, type DeepTotals, type Library } from "@verbatim/core";
import type { PartState, ProcessState } from "./contract.ts";

export type BusAsked = {
  /** What the bus last wrote of itself; null when there is no such note. */
  readonly status: BusStatus | null;
  readonly processes: readonly ProcessState[];
  readonly totals: DeepTotals | null;
  readonly known: Library["known"];
  readonly now: Date;
};

/** The state of the bus, or undefined when there is to be none here. */
export async function busPart(asked: BusAsked): Promise<PartState | undefined> {
  const { status, now } = asked;
  const process = asked.processes.find((one) => one.name === "bus");
  if (process === undefined && asked.processes.length > 0) return undefined;
  if (status === null) {
    if (process === undefined) return undefined;
    return { ok: false, state: "away", problem: `the bus is ${process.state}; its log says why` };
  }
  const problem = busProblem(status, now.getTime()) ?? (await unarchived(asked, status));
  return problem === null
    ? { ok: true, state: "ok", problem }
    : { ok: false, state: "held", problem };
}

/** Why the last canary is not in the archive although everything up to it is, or null. */
async function unarchived(asked: BusAsked, { canary }: BusStatus): Promise<string | null> {
  if (canary === null || canary.seq === null || asked.totals === null) return null;
  // What is not settled yet is for the archive's own check.
  if (asked.totals.settled_to < canary.seq) return null;
  const known = await asked.known("bus", [canary.id]);
  return known.has(canary.id)
    ? null
    : `a message published on the bus is in the journal (#${canary.seq}) and not in the archive`;
}
