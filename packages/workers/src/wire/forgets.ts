/** Queue `forget`, put together: what was asked to be forgotten, one after another. */
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  FILES,
  type Hint,
  HOT_MESSAGES,
  type Intake,
  type Log,
  openSettledReader,
  type Settle,
  VerbatimError,
} from "@verbatim/core";
import { forgottenWhy } from "@verbatim/core/checkpoints";
import {
  type ForgetPlan,
  inParts,
  offeredForget,
  offeredForgotten,
  type Receipt,
} from "@verbatim/core/forget";
import { openCheckpointShelf } from "@verbatim/drivers/checkpoints";
import {
  blankLooks,
  openReceiptShelf,
  type ReceiptShelf,
  removeExports,
  removeNaming,
  removeReplaced,
} from "@verbatim/drivers/files";
import { openHotForgetting, openHotStore } from "@verbatim/drivers/hot";
import { openIntake } from "@verbatim/drivers/intake";
import { eraseEntries, type FileJournalReader, openRewriting } from "@verbatim/drivers/journal";
import { openParquet } from "@verbatim/drivers/parquet";
import { writeWhole } from "@verbatim/drivers/process";
import { openHints, runWorker } from "@verbatim/drivers/queue";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openForgetting } from "@verbatim/drivers/store";
import type { WorkersConfig } from "../config.ts";
import { currentOf } from "../current-json.ts";
import { doForgets, lookForForgets } from "../forget/asked.ts";
import type { ForgetPorts } from "../forget/ports.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

type Known = {
  readonly journal: FileJournalReader;
  readonly settling: () => Promise<Settle>;
  readonly log: Log;
};

/** Starts it; ends with what was opened. */
export function startForgets(
  { home, redisUrl, databaseUrl }: WorkersConfig,
  { journal, settling, log }: Known,
  opened: AsyncDisposableStack,
): void {
  const dir = join(home, FILES.journal);
  const intake = openIntake(join(home, FILES.intakeSocket));
  opened.defer(() => intake.close());
  const sessions = opened.use(openSessionStore(redisUrl, "reader"));
  const hot = opened.use(openHotStore(redisUrl));
  const shelf = openReceiptShelf(join(home, FILES.receipts));
  const hints = opened.use(openHints(redisUrl, log));
  const now = (): string => new Date().toISOString();
  const window = () => hot.window(HOT_MESSAGES);
  const ports: ForgetPorts = {
    ...{ journal, intake, shelf, sha256, now, log },
    deep: opened.use(openForgetting(databaseUrl)),
    hot: {
      ...opened.use(openHotForgetting(redisUrl)),
      held: async () => (await window()).length,
      again: async () => {
        await hot.clear();
        hints.announce(await journal.last());
      },
    },
    dropSession: (name) => sessions.drop(name),
    erase: async (ask, onProgress) => {
      using rewriting = openRewriting({ dir, program: "forget" });
      return await eraseEntries(rewriting, ask, onProgress);
    },
    settle: async (seqs) => {
      const settled = openSettledReader(journal, await settling());
      const bounds = { from: seqs[0] ?? 0, to: seqs.at(-1) ?? 0 };
      if (bounds.to - bounds.from + 1 === seqs.length) return await all(settled, bounds);
      const found = [];
      for (const seq of seqs) found.push(...(await all(settled, { from: seq, to: seq })));
      return found;
    },
    files: async (plan, receipt, signal) => {
      const kept = await ofCheckpoints(home, plan, receipt, { intake, log, now, signal });
      const files = await ofHome(home, plan, receipt, async () => {
        const current = JSON.stringify(currentOf(await window(), now()));
        await writeWhole(join(home, FILES.currentJson), current);
      });
      return {
        counts: { ...files.counts, checkpoints: kept.checkpoints },
        notes: [...kept.notes, ...files.notes],
      };
    },
    recordAsk: async (ask) => {
      const [told] = await intake.hand([offeredForget(ask)]);
      if (told === undefined || told.status === "refused")
        throw new VerbatimError("journal_failed", told?.message ?? "ingest gave no receipt");
      return told.seq;
    },
    recordDone: async (id, counts) => {
      const [told] = await intake.hand([offeredForgotten(id, counts)]);
      if (told?.status === "refused") throw new VerbatimError("journal_failed", told.message);
    },
  };
  const parts = { ports, shelf, journal, again: () => goneAgain(dir, shelf) };
  opened.use(
    runWorker<Hint, object>(
      redisUrl,
      "forget",
      ({ progress }, stop) => doForgets(parts, progress, stop),
      log,
    ),
  );
  opened.use(lookForForgets(parts, opened.use(openHints(redisUrl, log, ["forget"]))));
}

/** Under the lock of who repairs: what he is putting in its place is there then. */
async function goneAgain(dir: string, shelf: ReceiptShelf): Promise<void> {
  if (!(await shelf.isNoted())) return;
  try {
    using _rewriting = openRewriting({ dir, program: "forget" });
    await shelf.goAgain();
  } catch (error) {
    if (!(error instanceof VerbatimError) || error.code !== "journal_busy") throw error;
  }
}

/** All of a range: a stretch may end early when it is long in bytes. */
async function all(
  settled: ReturnType<typeof openSettledReader>,
  { from, to }: { readonly from: number; readonly to: number },
) {
  const found = [];
  for (let at = from; at <= to; ) {
    const some = await settled.read({ from: at, to, entries: to - at + 1, bytes: 1 << 26 });
    const last = some.at(-1)?.entry.seq;
    if (last === undefined) break;
    found.push(...some);
    at = last + 1;
  }
  return found;
}

/** Whoever writes checkpoints is waited for so long; after that it is tried again. */
const WAIT_MS = 60_000;

/** Checkpoints without it. One that is damaged is named: it keeps what it holds until a person has looked at it. */
async function ofCheckpoints(
  home: string,
  { ranges }: ForgetPlan,
  { receipt_id }: Receipt,
  how: Pick<Known, "log"> & {
    readonly intake: Pick<Intake, "status">;
    readonly now: () => string;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly checkpoints: number; readonly notes: readonly string[] }> {
  const dir = join(home, FILES.checkpoints);
  if (ranges.length === 0 || !existsSync(dir)) return { checkpoints: 0, notes: [] };
  const { journal_id: journalId } = await how.intake.status();
  await using shelf = await openCheckpointShelf({
    ...{ dir, journalId, sha256, openTable: openParquet, program: "forget", waitMs: WAIT_MS },
    ...{ log: how.log, signal: how.signal },
  });
  const seqs = [...inParts(ranges, Number.MAX_SAFE_INTEGER)].flat();
  try {
    const made = await shelf.erase({ seqs, why: forgottenWhy(receipt_id), at: how.now() });
    return { checkpoints: made.length, notes: [] };
  } catch (error) {
    if (!(error instanceof VerbatimError) || error.code !== "source_unreadable") throw error;
    return { checkpoints: 0, notes: [error.message] };
  }
}

/** Files made from the stores, and the log of looks. */
async function ofHome(
  home: string,
  plan: ForgetPlan,
  { what }: Receipt,
  writeCurrent: () => Promise<void>,
): ReturnType<ForgetPorts["files"]> {
  await writeCurrent();
  const names = [
    ...plan.sessions.flatMap(({ user_id, session_id }) => [
      session_id,
      ...(user_id === null ? [] : [user_id]),
    ]),
    ...plan.conversations.map(({ conversation_id }) => conversation_id),
  ];
  const unique = [...new Set(names)];
  const some = plan.ranges.length > 0;
  const exports = some ? await removeExports(join(home, FILES.exports), unique) : [];
  const reports = some ? await removeNaming(join(home, FILES.reports), unique) : [];
  const replaced = some ? await removeReplaced(join(home, FILES.journal)) : 0;
  const looks = await blankLooks(join(home, FILES.logs), ({ user, session }) =>
    what.session_sha256 === undefined
      ? what.conversation_sha256 === undefined && user !== null && sha256(user) === what.user_sha256
      : session !== null && sha256(session) === what.session_sha256,
  );
  return {
    counts: { exports: exports.length, reports: reports.length, audit_lines: looks },
    notes: [
      ...(replaced === 0
        ? []
        : [`${replaced} files that a repair had kept went from journal/quarantine/`]),
      ...exports.slice(0, NAMED_MAX).map((name) => takenAway(name, unique)),
      ...(exports.length > NAMED_MAX ? [`and ${exports.length - NAMED_MAX} more exports`] : []),
      "exports that were written outside this home, backups and copies are not reached: they are yours to remove",
    ],
  };
}

/** Exports that are named in a receipt. */
const NAMED_MAX = 20;

/** A receipt names nobody, and a file that a person named may. */
function takenAway(file: string, names: readonly string[]): string {
  const isNaming = names.some((name) => file.includes(name));
  const which = isNaming ? `a file ${file.replace(/^.*(?=[.][a-z]+$)/, "*")}` : file;
  return `an export was taken away, because it held some of it or could not be looked into: ${which}; to have it without: verbatim export`;
}
