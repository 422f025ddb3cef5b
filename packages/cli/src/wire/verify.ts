/** `verbatim verify`: every byte of the journal, and the stores against it. Exit 1 on any difference. */
import { VerbatimError } from "@verbatim/core";
import { type Finding, problemText } from "../proof/finding.ts";
import { columns } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { lookAt } from "./look.ts";
import { repair } from "./repair.ts";

/** Differences that are named; beyond these they are counted. */
const NAMED_MAX = 20;

/** What was half looked at would seem to differ: of it nothing is told, and nothing is put right. */
const STOPPED = "stopped before everything was looked at, so nothing is told of it";

const STOPPED_REPAIR =
  "stopped while it was putting right; what was put in place by then is whole and stays; again: verbatim verify --repair";

type VerifyOptions = Global & { readonly repair?: boolean };

/** The journal is put right first, and what is made of it is looked at again: then that. */
const REPAIRS = 2;

export async function verify(options: VerifyOptions, surface: Surface): Promise<void> {
  let findings = await looked(options, surface);
  const repaired: string[] = [];
  for (let turn = 0; turn < REPAIRS && options.repair === true; turn += 1) {
    const done = await repairing(findings, options, surface);
    if (done.length === 0) break;
    repaired.push(...done);
    findings = await looked(options, surface);
  }
  told(findings, { ...options, repaired }, surface);
  if (findings.some((one) => one.problems.length > 0))
    throw new VerbatimError(
      "verify_failed",
      options.repair === true
        ? "what is left cannot be put right from here; journal and checkpoints: put the files that are named back from a backup; Postgres and Redis: verbatim rebuild, with everything running"
        : "there are differences; what can be made again is made again by: verbatim verify --repair; everything in Postgres and Redis by: verbatim rebuild",
    );
}

/** Stopped in the middle it says so: what was put in place by then is whole and stays. */
async function repairing(
  findings: readonly Finding[],
  options: Global,
  surface: Surface,
): Promise<readonly string[]> {
  try {
    return await repair(findings, options, surface);
  } catch (error) {
    if (!surface.signal.aborted) throw error;
    throw new VerbatimError("verify_failed", STOPPED_REPAIR);
  }
}

async function looked(options: Global, surface: Surface): Promise<readonly Finding[]> {
  const bar = surface.screen.bar("verifying");
  try {
    const findings = await lookAt(options, surface, bar);
    surface.signal.throwIfAborted();
    return findings;
  } catch (error) {
    if (!surface.signal.aborted) throw error;
    throw new VerbatimError("verify_failed", STOPPED);
  } finally {
    bar.end();
  }
}

/** The table, and under it what differs. */
function told(
  findings: readonly Finding[],
  options: Global & { readonly repaired: readonly string[] },
  surface: Surface,
): void {
  const { repaired } = options;
  if (options.json === true) {
    const ok = findings.every((one) => one.problems.length === 0);
    surface.out(`${JSON.stringify({ ok, repaired, findings }, null, 2)}\n`);
    return;
  }
  for (const one of repaired) surface.out(`repaired  ${one}\n`);
  const { green, red } = surface.colours;
  surface.out(
    `${columns(
      findings.map((one) => [
        one.problems.length === 0 ? green("ok") : red("DIFFERS"),
        one.what,
        one.fact,
      ]),
      surface.widthOf,
    )}\n`,
  );
  for (const one of findings) {
    for (const problem of one.problems.slice(0, NAMED_MAX))
      surface.out(`  ${one.what}: ${problemText(problem)}\n`);
    if (one.problems.length > NAMED_MAX)
      surface.out(`  ${one.what}: and ${one.problems.length - NAMED_MAX} more\n`);
  }
}
