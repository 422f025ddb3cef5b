/** Checkpoints of an API without files. */
import type { Checkpoint, CheckpointLibrary } from "@verbatim/core/checkpoints";

const JSON_FILE = '{"entries":[]}\n';
const TABLE = "PAR1PAR1";

/** Checkpoint `number`, of ten entries. */
export function aCheckpoint(number: number): Checkpoint {
  const last_seq = number * 10;
  return {
    id: `20260101_00000${number}_auto`,
    label: "auto",
    made_at: "2026-01-01T00:00:00.000Z",
    ...{ first_seq: last_seq - 9, last_seq, count: 10, messages: 10, asides: 0, withheld: 0 },
    raw_bytes: 100,
    files: {
      json: { bytes: JSON_FILE.length, sha256: `json-${number}` },
      parquet: { bytes: TABLE.length, sha256: `table-${number}` },
    },
    erased: [],
    previous: "",
  };
}

/** A library of these. */
export function fakeCheckpoints(checkpoints: readonly Checkpoint[]): CheckpointLibrary {
  return {
    index: async () => ({ journal_id: "j", checkpoints }),
    file: async (id, format) => {
      const one = checkpoints.find((each) => each.id === id);
      if (one === undefined) return null;
      const bytes = new TextEncoder().encode(format === "json" ? JSON_FILE : TABLE);
      return {
        bytes: bytes.length,
        mark: one.files[format].sha256,
        read: async function* (from, to) {
          yield bytes.subarray(from, to);
        },
      };
    },
    entries: async function* () {},
  };
}
