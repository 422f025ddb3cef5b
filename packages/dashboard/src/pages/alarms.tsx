/**
 * What a person must know of, the worst first. Nothing is shown while nothing is
 * wrong.
 *
 *   B42  A source that stands still, a file that its program deletes before it is
 *        recorded, and a disk that fills, are told of before anything is lost by it.
 */
import type { StatusAnswer } from "@verbatim/api/contract";
import type { SourceStatus } from "@verbatim/core";
import { bytesText, countText, manyText } from "../parts/figures.tsx";
import { ageText } from "../parts/time.tsx";

/** What lies in a source's files is recorded within moments; after so long it stands still. */
const STALLED_MS = 60_000;
/** Enough to look after it in peace. */
const FULL_DAYS = 14;
const DELETED_DAYS = 7;
const FREE_BYTES_MIN = 2_000_000_000;

export function Alarms({ status }: { readonly status: StatusAnswer }) {
  const alarms = alarmsOf(status, Date.now());
  if (alarms.length === 0) return null;
  return (
    <ul className="alarms" role="alert">
      {alarms.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}

/** In words. */
export function alarmsOf(status: StatusAnswer, nowMs: number): readonly string[] {
  const { parts, ingest, alerts } = status;
  const away = Object.entries(parts).flatMap(([name, part]) =>
    part.ok ? [] : [`${name} is ${part.state}${part.problem === null ? "" : `: ${part.problem}`}`],
  );
  const writes = ingest?.write_failures ?? 0;
  return [
    ...(writes === 0 ? [] : [`${writes} writes of the journal failed since the last good one`]),
    ...diskAlarms(status),
    ...away,
    ...(ingest?.sources ?? []).flatMap((one) => sourceAlarms(one, nowMs)),
    ...alerts.firing.map((name) => `alert ${name}`),
    ...(alerts.problem === null ? [] : [`alerts are not looked at: ${alerts.problem}`]),
  ];
}

function diskAlarms({ ingest, sizes }: StatusAnswer): readonly string[] {
  const free = ingest?.disk_free_bytes;
  if (free !== undefined && free < FREE_BYTES_MIN)
    return [`only ${bytesText(free)} are free on the disk; when it is full nothing is recorded`];
  const days = sizes?.growth.full_in_days ?? null;
  if (days === null || days >= FULL_DAYS) return [];
  return [`the disk is full in ${manyText(days, "day")} at the pace of the last ones`];
}

/** What its program deletes before it is recorded; while a folder is heard for the first time nothing is wrong yet. */
function deletionAlarms({ source, state, uncaptured }: SourceStatus): readonly string[] {
  const days = uncaptured?.days_left ?? null;
  if (uncaptured === null || days === null || days > DELETED_DAYS || state === "catching up")
    return [];
  const when = days === 0 ? "at any time now" : `in ${manyText(days, "day")}`;
  const more = uncaptured.files === 1 ? "" : ` and ${countText(uncaptured.files - 1)} more`;
  return [`${source} deletes ${uncaptured.oldest} ${when}, and it is not wholly recorded${more}`];
}

/** A source that has a problem, or in which something lies that nobody records: its program may delete it. */
function sourceAlarms(one: SourceStatus, nowMs: number): readonly string[] {
  const { source, root, problem, bytes_behind, last_heard_at } = one;
  const soon = deletionAlarms(one);
  if (problem !== null) return [...soon, `${source} at ${root}: ${problem}`];
  if (soon.length > 0) return soon;
  const age = last_heard_at === null ? null : nowMs - Date.parse(last_heard_at);
  if (bytes_behind === 0 || age === null || age < STALLED_MS) return [];
  return [
    `${source} at ${root} stands still for ${ageText(age)}: ${bytesText(bytes_behind)} are not recorded yet`,
  ];
}
