/** Checkpoint jobs before the writer is there. */
import { expect, test } from "bun:test";
import { hash } from "node:crypto";
import { makeSettle, VerbatimError } from "@verbatim/core";
import type { CheckpointShelf } from "@verbatim/core/checkpoints";
import { anEntry } from "@verbatim/core/testing";
import { type CheckpointingPorts, doCheckpoint } from "./checkpointing.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
const stay = new AbortController().signal;
const work = { data: { label: "auto", by_clock: false }, progress: async () => {} };

/** A shelf on which everything lies already. */
const full: CheckpointShelf = {
  index: () => ({ journal_id: "j", checkpoints: [] }),
  begin: async () => {
    throw new Error("nothing is new");
  },
  erase: async () => [],
  remake: async () => {
    throw new Error("nothing is damaged");
  },
  [Symbol.asyncDispose]: async () => {},
};

function portsWhere(ingest: CheckpointingPorts["ingest"]) {
  let pauses = 0;
  const ports: CheckpointingPorts = {
    journal: {
      read: async () => [anEntry(1)],
      last: async () => 0,
      tail: async function* () {},
      close: async () => {},
    } as unknown as CheckpointingPorts["journal"],
    settling: async () => makeSettle({ sha256 }),
    ingest,
    open: async () => full,
    ...{ sha256, dir: "/checkpoints", now: () => new Date() },
    pause: async () => {
      pauses += 1;
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  return { ports, pauses: () => pauses };
}

const away = (): VerbatimError => new VerbatimError("ingest_unreachable", "not yet");

test("X41: a writer that comes a little later is waited for", async () => {
  let asked = 0;
  const { ports, pauses } = portsWhere(async () => {
    asked += 1;
    if (asked < 4) throw away();
    return { heard: 0, journal_id: "j" };
  });
  expect(await doCheckpoint(work, ports, stay)).toEqual({ ids: [], entries: 0, to: 0 });
  expect(pauses()).toBe(3);
});

test("X41: one that does not come, or whose answer is another no, is not waited for for ever", async () => {
  const never = portsWhere(async () => {
    throw away();
  });
  await expect(doCheckpoint(work, never.ports, stay)).rejects.toMatchObject({
    code: "ingest_unreachable",
  });
  expect(never.pauses()).toBeLessThan(100);
  const broken = portsWhere(async () => {
    throw new VerbatimError("journal_failed", "the disk");
  });
  await expect(doCheckpoint(work, broken.ports, stay)).rejects.toThrow("the disk");
  expect(broken.pauses()).toBe(0);
});
