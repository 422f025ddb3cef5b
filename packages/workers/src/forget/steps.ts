/**
 * The steps of forgetting, each of which can be done again (Y13).
 *
 *   Y23  The window of the newest messages is filled up again with those before
 *        them: afterwards it is the one that the journal gives.
 */
import { type Entry, FILE_SOURCES, fileKeyOf, HOT_MESSAGES, type Settled } from "@verbatim/core";
import {
  type ForgetPlan,
  holds,
  inParts,
  openRanges,
  type Range,
  type Receipt,
  stretchesOf,
} from "@verbatim/core/forget";
import { readEvent } from "@verbatim/core/sessions";
import type { ForgetPorts, StepDone, Told } from "./ports.ts";

export type Step = {
  readonly receipt: Receipt;
  readonly plan: ForgetPlan;
  readonly ports: ForgetPorts;
  readonly tell: (told: Told) => Promise<void>;
  readonly signal: AbortSignal;
};

/** Entries the recorder reads again at one time: well within the time it has to answer. */
const RECORDER_ENTRIES = 20_000;
/** Entries taken out of Postgres in one transaction. */
const PART = 300;
/** Files passed over that are named. */
const NAMED_MAX = 20;

/** In the order of FORGET_STEPS. */
export const STEPS: Readonly<
  Record<"journal" | "recorder" | "postgres" | "redis" | "files", (step: Step) => Promise<StepDone>>
> = {
  journal: ofJournal,
  recorder: ofRecorder,
  postgres: ofPostgres,
  redis: ofRedis,
  files: ofFiles,
};

async function ofJournal(step: Step): Promise<StepDone> {
  const { plan } = step;
  const erased = await erase(step, plan);
  const entries = countOf(plan);
  const damaged =
    erased.damaged === 0
      ? []
      : [`${erased.damaged} places of the journal are damaged and could not be looked at`];
  const shared =
    plan.shared === 0 ? [] : [`${plan.shared} entries also held something of other sessions`];
  return {
    counts: {
      ...{ entries, bytes: plan.bytes, segments: erased.segments },
      ...(plan.reworded.length === 0 ? {} : { summaries: plan.reworded.length }),
    },
    notes: [...damaged, ...shared],
  };
}

async function erase({ receipt, ports, tell }: Step, { ranges, reworded }: ForgetPlan) {
  if (ranges.length === 0) return { segments: 0, entries: 0, damaged: 0 };
  await ports.intake.rotate();
  const { receipt_id, reason } = receipt;
  return await ports.erase({ ranges, reworded, grave: { receipt_id, reason } }, (done, total) => {
    void tell({ step: "journal", done, total }).catch(() => undefined);
  });
}

function countOf({ ranges }: ForgetPlan): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** The recorder lets go, and passes over the files from now on; what it heard of them meanwhile goes too. */
async function ofRecorder(step: Step): Promise<StepDone> {
  const { plan, ports } = step;
  await letGo(step, plan);
  const late = await heardLate(step);
  const notes = plan.files.slice(0, NAMED_MAX).map(passedOver);
  const more = plan.files.length - notes.length;
  if (more > 0) notes.push(`and ${more} more files are passed over from now on`);
  if (late.length === 0) return { counts: { files_passed_over: plan.files.length }, notes };
  const ranges = openRanges();
  for (const part of inParts(plan.ranges, PART)) for (const seq of part) ranges.add(seq);
  for (const seq of late) ranges.add(seq);
  const whole = { ...plan, ranges: ranges.all() };
  await ports.shelf.savePlan(whole);
  await erase(step, whole);
  await letGo(step, whole);
  return {
    counts: { files_passed_over: plan.files.length, entries: late.length },
    notes,
    plan: whole,
  };
}

function passedOver({ path, whole }: ForgetPlan["files"][number]): string {
  const also = whole
    ? ""
    : "; it also holds something else, of which nothing new is recorded either";
  return `passed over from now on: ${path}${also}. To record it again, give the file another name`;
}

async function letGo({ ports, tell, signal }: Step, { ranges }: ForgetPlan): Promise<void> {
  const first = ranges[0]?.[0] ?? 1;
  const last = ranges.at(-1)?.[1] ?? 0;
  for (let from = first; from <= last; from += RECORDER_ENTRIES) {
    signal.throwIfAborted();
    await ports.intake.erased(from, Math.min(last, from + RECORDER_ENTRIES - 1));
    await tell({ step: "recorder", done: from, total: last });
  }
}

/** Records of the same files that came while it was worked out what belongs. */
async function heardLate({ receipt, plan, ports }: Step): Promise<readonly number[]> {
  // What comes of a file that was only too old is not old.
  if (receipt.what.files_sha256 !== undefined) return [];
  const files = new Set(plan.files.filter(({ whole }) => whole).map(nameOf));
  if (files.size === 0) return [];
  const late: number[] = [];
  const to = await ports.journal.last();
  for await (const entries of stretchesOf(ports.journal, receipt.seq + 1, to)) {
    const of = entries.filter((entry) => entry.erased !== true && files.has(fileOf(entry)));
    late.push(...of.map(({ seq }) => seq));
  }
  return late;
}

/** The file a record is of, or "". */
function fileOf({ source, key }: Entry): string {
  const place = FILE_SOURCES.includes(source) ? fileKeyOf(key) : null;
  return place === null ? "" : nameOf({ source, path: place.path });
}

function nameOf({ source, path }: { readonly source: string; readonly path: string }): string {
  return `${source}\n${path}`;
}

async function ofPostgres({ plan, ports, tell, signal }: Step): Promise<StepDone> {
  const counts = { messages: 0, events: 0, sessions: 0 };
  const rest = { isGone: (seq: number) => holds(plan.ranges, seq), settle: ports.settle };
  const total = countOf(plan);
  let done = 0;
  for (const seqs of inParts(plan.ranges, PART)) {
    signal.throwIfAborted();
    const erased = (await ports.settle(seqs)).filter(isErased);
    if (erased.length > 0) {
      const gone = await ports.deep.part(erased, rest);
      counts.messages += gone.messages;
      counts.events += gone.events;
    }
    done += seqs.length;
    await tell({ step: "postgres", done, total });
  }
  const again = [...plan.reworded.map(({ seq }) => seq), ...plan.neighbours];
  for (let at = 0; at < again.length; at += PART)
    await ports.deep.part([], { ...rest, reworded: again.slice(at, at + PART) });
  if (total > 0) await ports.deep.finish(changedBy(plan));
  const isWiped = total === 0 || (await ports.deep.wipe());
  return {
    counts: { postgres_messages: counts.messages, postgres_events: counts.events },
    notes: isWiped ? [] : ["Postgres will write over what was taken out when it next cleans up"],
  };
}

/** Every place that is not as it was. */
function changedBy({ ranges, reworded, neighbours }: ForgetPlan): readonly Range[] {
  const all = openRanges();
  for (const part of inParts(ranges, PART)) for (const seq of part) all.add(seq);
  for (const { seq } of reworded) all.add(seq);
  for (const seq of neighbours) all.add(seq);
  return all.all();
}

function isErased({ entry }: Settled): boolean {
  return entry.erased === true;
}

async function ofRedis({ receipt, plan, ports }: Step): Promise<StepDone> {
  const left = await ports.hot.messages(changedBy({ ...plan, neighbours: [] }));
  // Of one message its session goes on.
  if (receipt.what.message_sha256 === undefined) await ports.hot.sessions(plan.sessions);
  for (const { user_id, session_id } of [...plan.sessions, ...goingOn(plan)])
    if (user_id !== null) await ports.dropSession({ user_id, session_id });
  for (const { owner, conversation_id } of plan.conversations)
    await ports.hot.conversation(owner, conversation_id);
  // What was read with an eye on it is another message now, and a window that lost some has room
  // for older ones: Redis is filled again. How much it holds is asked of it, so that a kill between
  // taking out and this changes nothing. (Y23)
  const isShort = (await ports.hot.held()) < HOT_MESSAGES;
  if (isShort || plan.neighbours.length > 0) await ports.hot.again();
  const isWiped = await ports.hot.wipe();
  return {
    counts: { redis_messages: left, sessions: plan.sessions.length },
    notes: isWiped ? [] : ["Redis writes its file anew by itself, later"],
  };
}

/** Sessions that went on from what is forgotten: they are made again from what is left. */
function goingOn({ reworded }: ForgetPlan): ForgetPlan["sessions"] {
  return reworded.flatMap(({ text }) => {
    const read = readEvent(new TextEncoder().encode(text));
    return read.ok ? [{ user_id: read.value.user_id, session_id: read.value.session_id }] : [];
  });
}

async function ofFiles({ plan, ports, receipt, signal }: Step): Promise<StepDone> {
  // What went on from it holds words of it too.
  const named = {
    ...plan,
    ranges: changedBy({ ...plan, neighbours: [] }),
    sessions: [...plan.sessions, ...goingOn(plan)],
  };
  return await ports.files(named, receipt, signal);
}
