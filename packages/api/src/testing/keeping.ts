/** Keeping of an API without a home. */
import { retain, sizesOf } from "@verbatim/core/keeping";
import type { ApiPorts } from "../ports.ts";

const NOW_MS: number = Date.parse("2026-01-31T00:00:00.000Z");
const WRITTEN_AT = "2026-01-01T00:00:00.000Z";
const MB = 1_000_000;

/** A home with one old segment, and a policy that a test may change. */
export function fakeKeeping(policy: string | null = null): Pick<ApiPorts, "retention" | "sizes"> {
  const home = {
    policyText: async () => policy,
    policyPath: "retention.json",
    files: async () => [
      {
        ...({ place: "journal", file: "session_20260101_000000.jsonl", bytes: MB } as const),
        ...{ written_at: WRITTEN_AT, compressible: true, droppable: true },
      },
    ],
    compress: async () => null,
    drop: async () => null,
    recorded: async () => [],
    forget: async () => "",
    copies: () => ({ waiting: async () => [], copy: async () => {}, tidy: async () => {} }),
    remove: async () => {},
    nowMs: () => NOW_MS,
  };
  const along = { onProgress: () => {}, signal: new AbortController().signal };
  const segment = {
    ...{ bytes: MB, stored_bytes: MB, compressed: false, dropped: false },
    written_at: WRITTEN_AT,
  };
  const folders = {
    ...{ checkpoints_bytes: 0, exports_bytes: 0, reports_bytes: 0 },
    ...{ redis_bytes: MB, postgres_bytes: null, disk_free_bytes: 100 * MB, copies: null },
  };
  return {
    retention: () => retain(home, { dryRun: true, ...along }),
    sizes: async () => sizesOf([segment], folders, NOW_MS),
  };
}
