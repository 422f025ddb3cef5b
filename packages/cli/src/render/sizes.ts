/** How much there is, how it grows, and when the disk will be full, as a person reads it. Pure. */
import type { CopiesStatus, Sizes } from "@verbatim/core/keeping";
import { bytesText, countText, manyText } from "./text.ts";

/** Two lines: what takes room, and how that goes on. */
export function sizesText(sizes: Sizes): string {
  const { journal } = sizes;
  const { segments, compressed_segments, dropped_segments } = journal;
  const forms = [
    ...counted(compressed_segments, segments, "compressed"),
    ...counted(dropped_segments, segments, "dropped, their bytes in checkpoints"),
  ];
  const small =
    forms.length === 0 ? "" : ` (${[`${bytesText(journal.bytes)} plain`, ...forms].join("; ")})`;
  const parts = [
    `journal ${bytesText(journal.stored_bytes)}${small}`,
    ...told("Postgres", sizes.postgres_bytes),
    ...told("Redis", sizes.redis_bytes),
    ...told("checkpoints", sizes.checkpoints_bytes),
    ...told("exports", sizes.exports_bytes),
    ...told("reports", sizes.reports_bytes),
  ];
  // An older API that still runs says nothing of copies.
  const copies = !sizes.copies ? "" : `\n  copies   ${copiesText(sizes.copies)}`;
  return `  on disk  ${parts.join(", ")}\n  growth   ${growthText(sizes)}${copies}`;
}

/** "12 MB a day, 30 MB with what is made from it; the disk is full in 400 days". */
export function growthText({ growth, disk_free_bytes }: Sizes): string {
  const free = `${bytesText(disk_free_bytes)} free`;
  const { journal_bytes_per_day, disk_bytes_per_day, full_in_days } = growth;
  if (journal_bytes_per_day === null || disk_bytes_per_day === null)
    return `${free}; how it grows is told after two days`;
  const heard = `${bytesText(journal_bytes_per_day)} heard a day, ${bytesText(disk_bytes_per_day)} on disk`;
  const full = full_in_days === null ? "" : `; full in ${manyText(full_in_days, "day")}`;
  return `${heard} (last ${manyText(growth.over_days, "day")}); ${free}${full}`;
}

/** "12 files, 30 MB in /mnt/copies, all of it at …"; what keeps it from being so comes first. */
export function copiesText({ to, files, bytes, whole_at, problem }: CopiesStatus): string {
  const there = `${manyText(files, "file")}, ${bytesText(bytes)} in ${to}`;
  if (problem !== null) return `${there}; the rest waits: ${problem}`;
  return whole_at === null
    ? `${there}; not everything yet`
    : `${there}, everything sealed at ${whole_at}`;
}

function counted(count: number, of: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${countText(count)} of ${manyText(of, "segment")} ${what}`];
}

function told(name: string, bytes: number | null): readonly string[] {
  return bytes === null || bytes === 0 ? [] : [`${name} ${bytesText(bytes)}`];
}
