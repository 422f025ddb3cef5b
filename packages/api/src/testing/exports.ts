/** One kept export of an API without servers. */
import type { ExportShelf, KeptExport } from "@verbatim/core/export";

/** What is known of it. */
const KEPT: KeptExport = {
  id: "export_20260101_000000",
  job_id: "5",
  asked_at: "2026-01-01T00:00:00.000Z",
  asked: { format: "md", redact: false, all: false, filter: { session: "s-1" } },
  file: "export_20260101_000000.md",
  bytes: 10,
  sha256: "a".repeat(64),
  sessions: 1,
  messages: 2,
  records: 0,
  redacted: null,
};
const BYTES: Uint8Array = new TextEncoder().encode("# A talk\n\n");

/** A shelf with that one. */
export function fakeExports(): ExportShelf {
  return {
    ids: async () => [KEPT.id],
    about: async (id) => (id === KEPT.id ? KEPT : null),
    file: async () => ({
      bytes: BYTES.length,
      mark: "m",
      read: async function* (from, to) {
        yield BYTES.subarray(from, to);
      },
    }),
    keep: async () => {},
  };
}
