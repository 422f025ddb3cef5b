/** What ingest answers over the intake socket: receipts, its state, the name of what was sealed, and that it remembers nothing of what was erased. */

import {
  type Control,
  controlOf,
  type Desk,
  type IngestStatus,
  type Journal,
  type Offered,
  type Receipt,
  VerbatimError,
} from "@verbatim/core";
import type { Folder } from "./folder.ts";

export type AnsweringPorts = {
  readonly journal: Journal;
  readonly desk: Desk;
  readonly folders: readonly Folder[];
  readonly socket: string;
  readonly facts: () => {
    readonly writeFailures: number;
    readonly segments: number;
    readonly bytes: number;
  };
  readonly freeBytes: () => Promise<number>;
  readonly failed: (why: string) => void;
  /** Lets go of what was erased in a range of the journal. */
  readonly erased: (range: { readonly from: number; readonly to: number }) => Promise<void>;
};

export type Answering = {
  offer(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  control(ask: unknown): Promise<unknown>;
  failed(why: string): void;
};

/** Answers for the intake's server. */
export function answering(ports: AnsweringPorts): Answering {
  return {
    offer: (batch) => ports.desk.offer(batch),
    control: async (said) => {
      const ask = controlOf(said);
      if (ask === null) {
        throw new VerbatimError(
          "input_invalid",
          "Ingest can be asked for: heard, status, rotate, erased.",
        );
      }
      if (ask.op !== "erased") return await answers[ask.op](ports);
      await ports.erased(ask);
      return null;
    },
    failed: ports.failed,
  };
}

type Question = Exclude<Control["op"], "erased">;

const answers: Readonly<Record<Question, (ports: AnsweringPorts) => Promise<unknown>>> = {
  heard: async ({ journal }) => journal.durable(),
  status: statusNow,
  rotate: (ports) => ports.journal.rotate(),
};

async function statusNow(ports: AnsweringPorts): Promise<IngestStatus> {
  const { journal } = ports;
  const facts = ports.facts();
  const heard = journal.durable();
  return {
    journal_id: journal.id,
    heard,
    last_heard_at: await lastHeardAt(journal),
    segments: facts.segments,
    journal_bytes: facts.bytes,
    disk_free_bytes: await ports.freeBytes(),
    write_failures: facts.writeFailures,
    sources: [
      ...(await Promise.all(ports.folders.map((folder) => folder.status()))),
      {
        source: "intake",
        root: ports.socket,
        state: "live",
        files: 0,
        bytes_behind: 0,
        bytes_total: 0,
        last_heard_at: ports.desk.lastHeardAt(),
        uncaptured: null,
        problem: null,
      },
    ],
  };
}

/** When the newest entry was heard, also before this start. */
async function lastHeardAt(journal: Journal): Promise<string | null> {
  const to = journal.durable();
  if (to === 0) return null;
  const [entry] = await journal.read({ from: to, to, entries: 1, bytes: 1 });
  return entry?.at ?? null;
}
