/**
 * Forgetting: one entry of the journal asks for it, and from there on it is gone
 * on with until it is done, whoever dies meanwhile.
 *
 *   Y13  Each step can be done again; a step is begun when the one before is
 *        done, and what is begun is on the disk before it is.
 *   Y14  What belongs is written down before the first byte goes: afterwards
 *        nobody could find it.
 *
 * The order is that of truth: the journal first, then whoever remembers it (the
 * recorder), then what is made from it.
 */
import { failureOf, type Log, VerbatimError } from "@verbatim/core";
import {
  FORGET_STEPS,
  type ForgetPlan,
  type ForgetStep,
  plannedForget,
  type Receipt,
} from "@verbatim/core/forget";
import type { ForgetPorts, Told } from "./ports.ts";
import { STEPS } from "./steps.ts";

/** Brings a receipt to its end. Throws what keeps it from getting there; the receipt then says so. */
export async function forget(
  asked: Receipt,
  ports: ForgetPorts,
  tell: (told: Told) => Promise<void>,
  signal: AbortSignal,
): Promise<Receipt> {
  let receipt = asked;
  const save = async (more: Partial<Receipt>): Promise<void> => {
    const next = { ...receipt, ...more };
    await ports.shelf.save(next);
    receipt = next;
  };
  try {
    let plan = await planFor(receipt, ports, tell, signal);
    for (const step of stepsFrom(receipt.step)) {
      signal.throwIfAborted();
      await save({ step, problem: null });
      const done = await STEPS[step]({ receipt, plan, ports, tell, signal });
      plan = done.plan ?? plan;
      await save({
        counts: summed(receipt.counts, done.counts),
        notes: [...new Set([...receipt.notes, ...done.notes])],
      });
    }
    await end(receipt, plan, ports);
    await save({ step: "done", state: "done", done_at: ports.now(), problem: null });
    await ports.shelf.removePlan(receipt.receipt_id).catch(() => undefined);
    return receipt;
  } catch (error) {
    if (!signal.aborted) await save({ problem: whyOf(error, ports.log) }).catch(() => undefined);
    throw error;
  }
}

/** Steps still to be done: from the one that was begun. */
function stepsFrom(step: ForgetStep): readonly (keyof typeof STEPS)[] {
  const begun = FORGET_STEPS.indexOf(step);
  return FORGET_STEPS.slice(begun).filter((one) => one !== "planning" && one !== "done");
}

/** What belongs to it: as it was written down, or found now and written down. (Y14) */
async function planFor(
  receipt: Receipt,
  ports: ForgetPorts,
  tell: (told: Told) => Promise<void>,
  signal: AbortSignal,
): Promise<ForgetPlan> {
  const known = await ports.shelf.plan(receipt.receipt_id);
  if (known !== null) return known;
  const plan = await plannedForget(receipt, ports, {
    signal,
    tell: (done, total) => tell({ step: "planning", done, total }),
  });
  await ports.shelf.savePlan(plan);
  return plan;
}

/** The journal itself says that it is done, before the receipt does. */
async function end(receipt: Receipt, plan: ForgetPlan, ports: ForgetPorts): Promise<void> {
  const counts = { ...receipt.counts, sessions: plan.sessions.length };
  await ports.recordDone(receipt.receipt_id, counts);
  ports.log.info("forgotten", {
    receipt: receipt.receipt_id,
    entries: receipt.counts["entries"] ?? 0,
  });
}

function summed(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function whyOf(error: unknown, log: Log): string {
  if (error instanceof VerbatimError && failureOf(error.code).retry === "later")
    return error.message;
  log.warn("forget_interrupted", {
    why: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return error instanceof VerbatimError
    ? error.message
    : "it failed; the log of the workers says why";
}
