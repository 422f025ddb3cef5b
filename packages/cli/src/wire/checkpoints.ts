/** `verbatim checkpoints`: which there are, what is in one, whether all are as they were made. */
import { hash } from "node:crypto";
import { join } from "node:path";
import type { CheckpointListing, CheckpointState, CheckpointsStatus } from "@verbatim/api/contract";
import { FILES, type Sha256, VerbatimError } from "@verbatim/core";
import { type Checkpoint, checkpointedTo, entriesAgain } from "@verbatim/core/checkpoints";
import { openRanges, type Range } from "@verbatim/core/forget";
import {
  type CheckpointReport,
  openCheckpointLibrary,
  surveyCheckpoints,
} from "@verbatim/drivers/checkpoints";
import { journalIdOf, openJournalReader } from "@verbatim/drivers/journal";
import { clientOf } from "../client.ts";
import { listText, oneText } from "../render/checkpoints.ts";
import type { Bar } from "../render/screen.ts";
import { bytesText, countText, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { openReading } from "./fitting.ts";

const sha256: Sha256 = (data) => hash("sha256", data, "hex");
const LATEST = "latest";

export async function listCheckpoints(
  options: Global & { readonly limit: number },
  surface: Surface,
): Promise<void> {
  const all = await checkpointsOf(options, surface);
  const newest = all.toReversed().slice(0, options.limit);
  if (options.json === true) {
    const to = checkpointedTo({ journal_id: "", checkpoints: all });
    return surface.out(`${JSON.stringify({ checkpoints: newest, to }, null, 2)}\n`);
  }
  if (newest.length === 0)
    return surface.out(
      "there are no checkpoints yet; verbatim up makes one every five minutes while there is something new, verbatim checkpoint makes one now\n",
    );
  surface.out(listText(newest, surface));
  if (newest.length < all.length)
    surface.screen.line(`and ${all.length - newest.length} older ones: --limit ${all.length}`);
}

export async function showCheckpoint(id: string, options: Global, surface: Surface): Promise<void> {
  const all = await checkpointsOf(options, surface);
  const found =
    id === LATEST ? all.slice(-1) : all.filter((one) => one.id === id || one.id.startsWith(id));
  const one = found.find((each) => each.id === id) ?? found[0];
  if (one === undefined)
    throw new VerbatimError(
      "not_found",
      `there is no checkpoint ${id}; see: verbatim checkpoints list`,
    );
  if (found.length > 1 && one.id !== id)
    throw new VerbatimError(
      "usage",
      `${found.length} checkpoints begin with ${id}, like ${one.id}; write more of it`,
    );
  const dir =
    options.url === undefined
      ? join(options.home, FILES.checkpoints)
      : `${options.url}/v1/checkpoints`;
  surface.out(
    options.json === true ? `${JSON.stringify(one, null, 2)}\n` : oneText(one, dir, surface),
  );
}

/** All of them, the oldest first: of this home, or of whoever runs at --url. */
async function checkpointsOf(options: Global, surface: Surface): Promise<readonly Checkpoint[]> {
  if (options.url === undefined) {
    const dir = join(options.home, FILES.checkpoints);
    return (await openCheckpointLibrary(dir, sha256).index())?.checkpoints ?? [];
  }
  const client = clientOf(options, surface);
  const found: CheckpointState[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await client.get<CheckpointListing>("/v1/checkpoints", { cursor, limit: 500 });
    found.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return found.flatMap(({ checkpoint }) => (checkpoint === null ? [] : [checkpoint])).toReversed();
}

/** How far the checkpoints of a home go, as a status says it. */
export async function checkpointsStatus(home: string, heard: number): Promise<CheckpointsStatus> {
  const library = openCheckpointLibrary(join(home, FILES.checkpoints), sha256);
  try {
    const index = (await library.index()) ?? { journal_id: "", checkpoints: [] };
    const newest = index.checkpoints.at(-1);
    const to = checkpointedTo(index);
    const since = Math.max(0, heard - to);
    return { last: newest?.id ?? null, made_at: newest?.made_at ?? null, to, since, problem: null };
  } catch (error) {
    if (!(error instanceof VerbatimError)) throw error;
    return { last: null, made_at: null, to: 0, since: null, problem: error.message };
  }
}

export async function verifyCheckpoints(options: Global, surface: Surface): Promise<void> {
  if (options.url !== undefined)
    throw new VerbatimError(
      "usage",
      "--url: checkpoints are verified where their files lie, with --home",
    );
  const bar = surface.screen.bar("verifying");
  const report = await surveyOf(options.home, bar).finally(() => bar.end());
  if (options.json === true)
    surface.out(`${JSON.stringify({ ok: report.faults.length === 0, ...report }, null, 2)}\n`);
  else {
    const { green, red, dim } = surface.colours;
    surface.out(
      `${report.faults.length === 0 ? green("ok") : red("DIFFERS")}  ${surveyText(report)}\n`,
    );
    for (const { file, what } of report.faults) surface.out(`  ${file}: ${what}\n`);
    if (report.head !== null && report.checkpoints > 0)
      surface.out(
        dim(
          `the chain ends in ${report.head}: kept elsewhere, it proves later that nothing was changed\n`,
        ),
      );
  }
  if (report.faults.length > 0)
    throw new VerbatimError(
      "verify_failed",
      "checkpoints are not as they were made; what can be made again is made again by: verbatim verify --repair; later ones are made all the same, and the journal is not touched by this",
    );
}

type Survey = {
  /** Places of what was forgotten, when they are known already. */
  readonly erased?: readonly Range[];
  readonly signal?: AbortSignal;
};

/** The checkpoints of a home, every byte, against its journal. */
export async function surveyOf(
  home: string,
  bar: Bar,
  { erased, signal = new AbortController().signal }: Survey = {},
): Promise<CheckpointReport> {
  const dir = join(home, FILES.journal);
  const id = journalIdOf(dir);
  const { journal, settled } = await openReading(home);
  const ports = { journal, settled, sha256, signal };
  try {
    return await surveyCheckpoints(join(home, FILES.checkpoints), {
      sha256,
      journal: id === null ? null : { id, last: await journal.last() },
      ...(id === null ? {} : { entries: (one) => entriesAgain(one, one.last_seq, ports) }),
      forgotten: erased ?? (await erasedIn(home)),
      onProgress: (done, total) => bar.update({ done, total, note: "checkpoints" }),
      signal,
    });
  } finally {
    await journal.close();
  }
}

/** Places of a home's journal that say that what lay there was forgotten. */
export async function erasedIn(home: string): Promise<readonly Range[]> {
  const journal = openJournalReader(join(home, FILES.journal));
  const ranges = openRanges();
  for await (const { seq, erased } of journal.scanHeads(1)) if (erased) ranges.add(seq);
  await journal.close();
  return ranges.all();
}

/** What was looked at, in a line. */
export function surveyText({ checkpoints, entries, bytes, to }: CheckpointReport): string {
  if (checkpoints === 0) return "there are no checkpoints";
  return `${manyText(checkpoints, "checkpoint")} of ${manyText(entries, "entry", "entries")} up to ${countText(to)}, ${bytesText(bytes)}`;
}
