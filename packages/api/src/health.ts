/**
 * Whether records go all the way through: never a constant, always with the fact
 * it was decided by.
 */
import type { Health, HealthCheck, StatusAnswer } from "./contract.ts";
import { openProgress } from "./progress.ts";

/** Behind, and not a step nearer for this long: something is stuck, whatever answers. */
const STUCK_MS = 60_000;

/** Remembers how far both stores were when it last looked. */
export interface HealthWatch {
  look(status: StatusAnswer): Health;
}

/** A watch that has seen nothing yet. */
export function openHealth(now: () => Date): HealthWatch {
  const archive = openProgress(now);
  const hot = openProgress(now);
  return {
    look: (status) => {
      const { heard, stored, aside, behind, hot_to } = status;
      const settled = stored === null || aside === null ? null : stored + aside;
      const hotBehind = heard === null || hot_to === null ? null : heard - hot_to;
      const checks = [
        ...Object.entries(status.parts).map(([name, part]) => ({
          name,
          ok: part.ok,
          fact: part.problem ?? "answers",
        })),
        journalCheck(status),
        moves("archive", behind, archive.stillMs(settled, behind), ageText(status)),
        moves("hot", hotBehind, hot.stillMs(hot_to, hotBehind), ""),
      ];
      return { ok: checks.every((one) => one.ok), checks };
    },
  };
}

function journalCheck(status: StatusAnswer): HealthCheck {
  const { ingest } = status;
  if (ingest === null) return { name: "journal", ok: false, fact: "nobody can say" };
  const failures = ingest.write_failures;
  return {
    name: "journal",
    ok: failures === 0,
    fact:
      failures === 0
        ? `writes; ${ingest.heard} entries`
        : `${failures} writes failed since the last good one`,
  };
}

function moves(name: string, behind: number | null, stillMs: number, more: string): HealthCheck {
  const still = stillMs === 0 ? "" : `, not a step nearer for ${Math.round(stillMs / 1000)} s`;
  const fact =
    behind === null ? "nobody can say how far behind" : `${behind} behind${still}${more}`;
  return { name, ok: stillMs < STUCK_MS, fact };
}

function ageText(status: StatusAnswer): string {
  const age = status.last_record_age_ms;
  return age === null
    ? "; nothing has gone all the way through yet"
    : `; the newest record that went all the way through was heard ${Math.round(age / 1000)} s ago`;
}
